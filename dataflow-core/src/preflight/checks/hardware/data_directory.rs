//! Directory of the data: nobody else's.

use crate::{
    facts::{Facts, Place, Unseen},
    preflight::{Check, Expectations, Fix, Group, Outcome},
};

/// The bits that let others than the owner write.
const OTHERS_WRITE: u32 = 0o022;

pub(super) const CHECK: Check = Check {
    id: "disk.data-directory",
    group: Group::Hardware,
    title: "Directory of the data",
    required: "a directory that only root writes to",
    source: "guide: Disk Space Recommendations",
    why: "Who may write there can put another database in the place of this one. One that is not there yet is made by run; to make it before shows whether it can be.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let path = facts.storage.path.as_str();
    Ok(match facts.storage.place.get()? {
        Place::Nothing => Outcome::note(format!("{path} is not there yet"))
            .mend(format!("sudo mkdir -p {path}"))
            .fixed_by(Fix::directory(path)),
        Place::Other => Outcome::error(format!("{path} is not a directory")).mend(format!(
            "Move {path} out of the way, or choose another data path."
        )),
        Place::Directory { mode, .. } if mode & OTHERS_WRITE != 0 => {
            Outcome::warning(format!("others may write to {path} (mode {mode:o})"))
                .mend(format!("sudo chmod go-w {path}"))
                .fixed_by(Fix::closed(path, *mode))
        }
        Place::Directory { uid, .. } if *uid != 0 => {
            Outcome::warning(format!("{path} belongs to user {uid}")).mend(format!(
                "sudo chown root {path}  # after finding out whose it is"
            ))
        }
        Place::Directory { .. } => Outcome::pass(path),
    })
}
