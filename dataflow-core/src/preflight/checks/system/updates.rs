//! Updates: none pending.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, remedy},
};

pub(super) const CHECK: Check = Check {
    id: "os.updates",
    group: Group::System,
    title: "Updates",
    required: "none pending",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "The guide wants all updates installed. Ubuntu keeps a count for its greeting, which is read; elsewhere apt has to count, which takes a second or more and is done with --count-updates. No package list is fetched.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let pending = *facts.system.pending_updates.get()?;
    Ok(if pending > 0 {
        Outcome::warning(format!("{pending} pending")).mend(remedy::update(facts))
    } else {
        Outcome::pass("none pending")
    })
}
