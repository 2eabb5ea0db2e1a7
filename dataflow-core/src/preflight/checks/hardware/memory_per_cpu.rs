//! Memory for each CPU: vCPU x 4 GB.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, Profile, size},
};

pub(super) const CHECK: Check = Check {
    id: "memory.per-cpu",
    group: Group::Hardware,
    title: "Memory for each CPU",
    required: "vCPU x 4 GB",
    source: "guide: Hardware Requirements (Hardware Sizing Formula)",
    why: "The guide contradicts itself: its minimum is 4 vCPU with 8 GB, its formula for large deployments (8 vCPU and more) is vCPU x 4 GB, which makes 16 GB of 4 vCPU. So on the standard profile memory below the formula is a warning only, and on the large-scale profile an error; below 8 GB is an error in any case (memory.size).",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let cpus = *facts.processor.usable().get()?;
    let memory = *facts.memory.usable().get()?;
    // 4 GB for each CPU: as many thousandths of a GB as four times the thousandths of a CPU.
    let needed = cpus.saturating_mul(4);
    let seen = format!("{} for {} vCPU", size::memory(memory), size::cpus(cpus));
    let required = format!("vCPU x 4 GB = {} GB", size::cpus(needed));
    if memory >= size::least_memory(needed) {
        return Ok(Outcome::pass(seen).require(required));
    }
    let short = match wanted.profile {
        Profile::LargeScale => Outcome::error(seen),
        Profile::Standard if memory < size::least_memory(8000) => Outcome::warning(seen),
        Profile::Standard => Outcome::warning(format!(
            "{seen}; it is above the guide's minimum of 8 GB and below its formula for large deployments"
        )),
    };
    Ok(short
        .require(required)
        .mend("Give the machine more memory, or keep to a small deployment."))
}
