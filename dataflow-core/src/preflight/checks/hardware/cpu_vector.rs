//! Vector instructions: SSE 4.2 (x86-64) or ASIMD (ARM).

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "cpu.vector",
    group: Group::Hardware,
    title: "Vector instructions",
    required: "SSE 4.2 (x86-64) or ASIMD (ARM)",
    source: "ClickHouse: supported processors",
    why: "ClickHouse is built for processors with SSE 4.2, or on ARM with ASIMD; on others it ends with an illegal instruction. A hypervisor may hide what the processor has.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let model = facts
        .processor
        .model
        .known()
        .map_or("the processor", String::as_str);
    Ok(if *facts.processor.vector.get()? {
        Outcome::pass(format!("{model} has them"))
    } else {
        Outcome::error(format!("{model} does not show them")).mend(
            "Have the hypervisor pass the processor on (CPU type `host`), or take a newer machine.",
        )
    })
}
