//! File system of the data: a local file system.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "disk.file-system",
    group: Group::Hardware,
    title: "File system of the data",
    required: "a local file system",
    source: "guide: Disk Space Recommendations",
    why: "Data in memory is gone after a restart; a file system on another machine is slow and can go away under ClickHouse.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let kind = facts.storage.data.kind.get()?.as_str();
    Ok(match kind {
        "tmpfs" | "ramfs" => {
            Outcome::error(format!("{kind}, which is memory")).mend("Choose a data path on a disk.")
        }
        "nfs" | "nfs4" | "cifs" | "ceph" | "9p" | "glusterfs" | "fuse.sshfs" => {
            Outcome::warning(format!("{kind}, which is on another machine"))
                .mend("Choose a data path on a local disk.")
        }
        "overlay" | "aufs" => Outcome::warning(format!("{kind}, which goes with its container"))
            .mend("Mount a volume at the data path."),
        _ => Outcome::pass(kind),
    })
}
