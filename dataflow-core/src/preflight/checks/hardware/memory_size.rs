//! Memory: 8 GB; 16 to 32 GB recommended.

use crate::{
    facts::{Fact, Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, size},
};

pub(super) const CHECK: Check = Check {
    id: "memory.size",
    group: Group::Hardware,
    title: "Memory",
    required: "8 GB; 16 to 32 GB recommended",
    source: "guide: Hardware Requirements",
    why: "The guide's minimum is 8 GB, its recommendation 16 to 32 GB. Nominal sizes are compared: memory counts as N GB from 90 % of N GiB on, since firmware and kernel take their part and some providers count in powers of ten. In a container its limit on memory counts. ClickHouse's own defaults suit machines from 16 GB on.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let usable = *facts.memory.usable().get()?;
    let limited = matches!(facts.memory.limit, Fact::Known(Some(limit)) if limit == usable);
    let seen = format!(
        "{}{}",
        size::memory(usable),
        if limited {
            " (the container's limit)"
        } else {
            ""
        }
    );
    Ok(if usable < size::least_memory(8000) {
        Outcome::error(seen).mend("Give the machine at least 8 GB of memory.")
    } else if usable < size::least_memory(16_000) {
        Outcome::note(format!("{seen}; below the recommendation"))
    } else {
        Outcome::pass(seen)
    })
}
