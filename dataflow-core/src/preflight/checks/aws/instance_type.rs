//! Instance type: one whose processors are always there.

use super::told;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "aws.instance-type",
    group: Group::Aws,
    title: "Instance type",
    required: "one that is not burstable",
    source: "guide: Hardware Requirements; Amazon EC2: burstable performance instances",
    why: "An instance of the types t2, t3, t3a and t4g has a fifth to two fifths of its processors for certain; the rest costs CPU credits, which run out under load that lasts, or are billed. A merge of ClickHouse's lasts.",
    judge,
};

/// The families that live on CPU credits.
const BURSTABLE: [&str; 5] = ["t1", "t2", "t3", "t3a", "t4g"];

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let instance = match told(&facts.aws)? {
        Ok(instance) => instance,
        Err(skipped) => return Ok(skipped),
    };
    let kind = instance.kind.get()?;
    let family = kind.split('.').next().unwrap_or_default();
    Ok(if BURSTABLE.contains(&family) {
        Outcome::warning(format!("{kind} is burstable: once its CPU credits are used up it is slowed down, or costs more"))
            .mend("Stop the instance, change its type to one such as m6i.2xlarge or m7g.2xlarge, and start it.")
    } else {
        Outcome::pass(kind)
    })
}
