//! An instance of its own: not the PBX node's.

use super::both;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "aws.dedicated",
    group: Group::Aws,
    title: "An instance of its own",
    required: "not the PBX node's",
    source: "guide: Deployment Requirements",
    why: "The guide wants a dedicated EC2 instance for each application server. That no other role of PortSIP runs on it is judged by forbidden.portsip-roles.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let (server, node) = match both(facts)? {
        Ok(both) => both,
        Err(skipped) => return Ok(skipped),
    };
    let id = server.id.get()?;
    Ok(if id == node.id.get()? {
        Outcome::error(format!("{id} is the PBX node"))
            .mend("Use an instance of its own for Data Flow.")
    } else {
        Outcome::pass(format!("{id}; the PBX node is another"))
    })
}
