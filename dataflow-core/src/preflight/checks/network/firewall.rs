//! Firewall: something keeps strangers out.

use super::on_ec2;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "network.firewall",
    group: Group::Network,
    title: "Firewall",
    required: "something keeps strangers out",
    source: "guide: Configure Security Group Inbound Rules",
    why: "ClickHouse listens on all addresses of the machine. On EC2 the security group filters; elsewhere a firewall on the machine should.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    if on_ec2(facts) {
        return Ok(Outcome::note(
            "the EC2 security group filters: see that it lets in the PBX's servers and no others",
        ));
    }
    let program = facts.network.firewall.program.get()?;
    let closed = *facts.network.firewall.closed.get()?;
    Ok(match (program, closed) {
        (Some(program), true) => {
            Outcome::pass(format!("{program} lets in only what its rules say"))
        }
        (Some(program), false) => {
            Outcome::warning(format!("{program} is there and lets in everything else"))
        }
        (None, _) => Outcome::warning("none on this machine"),
    }
    .mend_if_bad("sudo ufw allow OpenSSH && sudo ufw allow from PBX_ADDRESS && sudo ufw enable"))
}
