//! Subnet: the PBX node's.

use super::{both, same};
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "aws.subnet",
    group: Group::Aws,
    title: "Subnet",
    required: "the PBX node's",
    source: "guide: Network Settings",
    why: "The guide has all instances in the subnet of the PBX's nodes, whose security group lets in that network. AWS is asked on both instances, so dataflow has to run on the PBX node.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    Ok(match both(facts)? {
        Ok((server, node)) => same("the subnet", server.subnet.get()?, node.subnet.get()?),
        Err(skipped) => skipped,
    })
}
