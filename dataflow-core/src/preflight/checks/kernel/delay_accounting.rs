//! Delay accounting: kernel.task_delayacct of 1, to see times of waiting for disks.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.delay-accounting",
    group: Group::Kernel,
    title: "Delay accounting",
    required: "kernel.task_delayacct of 1, to see times of waiting for disks",
    source: "ClickHouse: advice for the operating system",
    why: "Without it ClickHouse can't tell how long queries wait for the disk. It works all the same.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let value = *facts.kernel.delay_accounting.get()?;
    Ok(if value == 0 {
        Outcome::note(value.to_string()).set("kernel.task_delayacct", value.into(), "1")
    } else {
        Outcome::pass(value.to_string())
    })
}
