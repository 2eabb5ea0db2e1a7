//! Number of CPUs: 4 vCPU; 8 recommended.

use crate::{
    facts::{Fact, Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, Profile, size},
};

pub(super) const CHECK: Check = Check {
    id: "cpu.count",
    group: Group::Hardware,
    title: "Number of CPUs",
    required: "4 vCPU; 8 recommended",
    source: "guide: Hardware Requirements",
    why: "The guide's minimum is 4 vCPU, its recommendation 8; a large-scale deployment needs 8. In a container its limit on CPU time counts.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let usable = *facts.processor.usable().get()?;
    let seen = format!("{} vCPU{}", size::cpus(usable), limited(facts));
    Ok(match wanted.profile {
        Profile::LargeScale if usable < 8000 => {
            Outcome::error(seen).require("8 vCPU on the large-scale profile")
        }
        _ if usable < 4000 => Outcome::error(seen),
        _ if usable < 8000 => Outcome::note(format!("{seen}; below the recommendation")),
        _ => Outcome::pass(seen),
    }
    .mend_if_bad("Give the machine more vCPU; on EC2, stop it and change the instance type."))
}

fn limited(facts: &Facts) -> &'static str {
    match facts.processor.limit {
        Fact::Known(Some(_)) => " (the container's limit)",
        _ => "",
    }
}
