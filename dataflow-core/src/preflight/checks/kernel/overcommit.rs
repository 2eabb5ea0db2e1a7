//! Memory overcommit: vm.overcommit_memory other than 2.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.overcommit",
    group: Group::Kernel,
    title: "Memory overcommit",
    required: "vm.overcommit_memory other than 2",
    source: "ClickHouse: advice for the operating system",
    why: "With 2, the kernel refuses memory that ClickHouse asks for and does not use.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let value = *facts.kernel.overcommit.get()?;
    Ok(if value == 2 {
        Outcome::warning(value.to_string()).set("vm.overcommit_memory", value.into(), "0")
    } else {
        Outcome::pass(value.to_string())
    })
}
