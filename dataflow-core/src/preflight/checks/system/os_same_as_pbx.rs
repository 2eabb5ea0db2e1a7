//! Same system as the PBX: the very same release as on the PBX servers.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "os.same-as-pbx",
    group: Group::System,
    title: "Same system as the PBX",
    required: "the very same release as on the PBX servers",
    source: "guide: Supported Linux Operating System",
    why: "The guide wants the exact same release on all servers of a deployment.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let Some(pbx) = &wanted.pbx_os else {
        return Ok(Outcome::skipped("the PBX's system is not known"));
    };
    let os = facts.system.os.get()?;
    let own = format!("{} {}", os.id, os.version);
    Ok(if own == *pbx {
        Outcome::pass(own)
    } else {
        Outcome::error(own)
            .require(format!("{pbx}, as on the PBX"))
            .mend("Set the machine up anew with the release of the PBX servers.")
    })
}
