//! Threads: kernel.threads-max of 30000 or more.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.threads-max",
    group: Group::Kernel,
    title: "Threads",
    required: "kernel.threads-max of 30000 or more",
    source: "ClickHouse: advice for the operating system",
    why: "ClickHouse runs many threads.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let value = *facts.kernel.threads_max.get()?;
    Ok(if value < 30_000 {
        Outcome::warning(value.to_string()).set("kernel.threads-max", value.into(), "100000")
    } else {
        Outcome::pass(value.to_string())
    })
}
