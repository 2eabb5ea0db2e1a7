//! Size of the data disk: 128 GB; 256 GB recommended.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, Profile, size},
};

pub(super) const CHECK: Check = Check {
    id: "disk.size",
    group: Group::Hardware,
    title: "Size of the data disk",
    required: "128 GB; 256 GB recommended",
    source: "guide: Hardware Requirements; Disk Space Recommendations",
    why: "What counts is the file system that holds the data path, or of a path that does not exist yet its nearest parent. The guide's minimum is 128 GB, its recommendation 256 GB or more. Nominal sizes are compared: a file system counts as N GB from 93 % of N x 10^9 bytes on, since boot partitions and the file system's own tables take their part.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let bytes = *facts.storage.data.size.get()?;
    let seen = format!("{}{}", size::disk(bytes), at(facts));
    Ok(if bytes < size::least_disk(128) {
        Outcome::error(seen).mend(
            "Enlarge the volume, its partition and the file system (growpart, then resize2fs or xfs_growfs), or choose a data path on a larger one.",
        )
    } else if bytes < size::least_disk(256) {
        Outcome::note(format!("{seen}; below the recommendation"))
    } else if wanted.profile == Profile::LargeScale {
        Outcome::note(format!(
            "{seen}; size it by the volume of calls and how long they are kept"
        ))
    } else {
        Outcome::pass(seen)
    })
}

fn at(facts: &Facts) -> String {
    let mount = facts.storage.data.mount.known();
    mount.map_or_else(String::new, |mount| {
        format!(" at {mount}, which holds {}", facts.storage.path)
    })
}
