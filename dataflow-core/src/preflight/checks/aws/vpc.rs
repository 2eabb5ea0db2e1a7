//! VPC: the PBX node's.

use super::{both, same};
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "aws.vpc",
    group: Group::Aws,
    title: "VPC",
    required: "the PBX node's",
    source: "guide: Network Settings",
    why: "Private addresses lead from one instance to another within a VPC. AWS is asked on both instances, so dataflow has to run on the PBX node.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    Ok(match both(facts)? {
        Ok((server, node)) => same("the VPC", server.vpc.get()?, node.vpc.get()?),
        Err(skipped) => skipped,
    })
}
