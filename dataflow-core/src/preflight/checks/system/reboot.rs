//! Restart: not needed.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "os.reboot",
    group: Group::System,
    title: "Restart",
    required: "not needed",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "Updates of the kernel or the C library are in effect only after a restart; better now than with Data Flow running.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    Ok(if *facts.system.reboot_required.get()? {
        Outcome::warning("updates wait for a restart").mend("sudo systemctl reboot")
    } else {
        Outcome::pass("not needed")
    })
}
