//! What Amazon's cloud says of the machine, beside what it says of the PBX node. Elsewhere these checks are skipped.

mod dedicated;
mod instance_type;
mod private_ip;
mod public_ip;
mod security_group;
mod subnet;
mod vpc;

use crate::{
    facts::{Aws, Facts, Instance, Unseen},
    preflight::{Check, Outcome, State},
};

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    instance_type::CHECK,
    dedicated::CHECK,
    private_ip::CHECK,
    public_ip::CHECK,
    vpc::CHECK,
    subnet::CHECK,
    security_group::CHECK,
];

/// The instance, or else what comes of there being none: that AWS does not answer leaves it open, elsewhere nothing applies.
fn told(aws: &Aws) -> Result<Result<&Instance, Outcome>, Unseen> {
    match aws {
        Aws::Instance(instance) => Ok(Ok(instance)),
        Aws::NotAsked(reason) => Ok(Err(Outcome::skipped(reason))),
        Aws::Silent(reason) => Err(Unseen(reason.clone())),
    }
}

/// The machine's instance and the PBX node's.
fn both(facts: &Facts) -> Result<Result<(&Instance, &Instance), Outcome>, Unseen> {
    let server = match told(&facts.aws)? {
        Ok(server) => server,
        Err(skipped) => return Ok(Err(skipped)),
    };
    Ok(told(&facts.pbx_node)?.map(|node| (server, node)))
}

/// Judges something that is to be the same for both, such as a VPC.
fn same(what: &str, server: &str, node: &str) -> Outcome {
    if server == node {
        return Outcome::pass(format!("{server}, as the PBX node"));
    }
    Outcome::new(State::Error, format!("{server}; the PBX node is in {node}")).mend(format!(
        "An instance can't move: launch one in {node} ({what} of the PBX node), and deploy there."
    ))
}
