//! Clock against ours: at most 5 s apart.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "time.skew",
    group: Group::System,
    title: "Clock against ours",
    required: "at most 5 s apart",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "Compared with the clock of the machine that asks, laid on the middle of the asking. From 30 s on it is an error: tokens are refused.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    if facts.host == "local" {
        return Ok(Outcome::skipped("there is no other clock to compare with"));
    }
    let ahead = *facts.time.ahead_ms.get()?;
    let apart = ahead.unsigned_abs();
    let seen = format!(
        "{}.{} s {}",
        apart / 1000,
        apart % 1000 / 100,
        if ahead < 0 { "behind" } else { "ahead" }
    );
    Ok(match apart {
        0..=5_000 => Outcome::pass(seen),
        5_001..=30_000 => Outcome::warning(seen),
        _ => Outcome::error(seen),
    }
    .mend_if_bad("See which of the two clocks is wrong: timedatectl; then: sudo chronyc makestep"))
}
