//! Sleep: sleep targets masked.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Fix, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "power.sleep",
    group: Group::System,
    title: "Sleep",
    required: "sleep targets masked",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "A server that falls asleep answers nobody. Servers rarely do so by themselves, which makes it a note; a portable or one with a desktop does, which makes it a warning.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let may_sleep = facts.power.may_sleep.get()?;
    if may_sleep.is_empty() {
        return Ok(Outcome::pass("masked"));
    }
    let seen = format!("{} not masked", may_sleep.join(", "));
    let portable = facts
        .system
        .platform
        .known()
        .is_some_and(|platform| platform.portable);
    let found = if portable || facts.software.runs("gdm.service") {
        Outcome::warning(seen)
    } else {
        Outcome::note(seen)
    };
    Ok(found
        .mend(format!("sudo systemctl mask {}", may_sleep.join(" ")))
        .fixed_by(Fix::mask(may_sleep)))
}
