//! Process identifiers: kernel.pid_max of 30000 or more.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.pid-max",
    group: Group::Kernel,
    title: "Process identifiers",
    required: "kernel.pid_max of 30000 or more",
    source: "ClickHouse: advice for the operating system",
    why: "ClickHouse's threads each need one.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let value = *facts.kernel.pid_max.get()?;
    Ok(if value < 30_000 {
        Outcome::warning(value.to_string()).set("kernel.pid_max", value.into(), "4194304")
    } else {
        Outcome::pass(value.to_string())
    })
}
