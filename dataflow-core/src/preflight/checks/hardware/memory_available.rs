//! Memory that is free: 2 GiB available at the start.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, size},
};

pub(super) const CHECK: Check = Check {
    id: "memory.available",
    group: Group::Hardware,
    title: "Memory that is free",
    required: "2 GiB available at the start",
    source: "ClickHouse: checks at its start",
    why: "ClickHouse warns at its start when less than 2 GiB of memory is available. What already runs takes memory from it.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let available = *facts.memory.available.get()?;
    let seen = format!("{} available", size::memory(available));
    Ok(if available < 2 * size::GIB {
        Outcome::warning(seen).mend("ps -eo rss,comm --sort=-rss | head  # what holds it")
    } else {
        Outcome::pass(seen)
    })
}
