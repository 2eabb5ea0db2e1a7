//! Private address: the instance's own.

use super::told;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "aws.private-ip",
    group: Group::Aws,
    title: "Private address of the instance",
    required: "the primary one of its first interface",
    source: "guide: Network Settings",
    why: "AWS delivers to an instance what is for an address that it has by AWS, whatever is set on its interfaces. The guide has the private address as the primary one of network interface 1. Whether it is on an interface is judged by network.private-ip.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let instance = match told(&facts.aws)? {
        Ok(instance) => instance,
        Err(skipped) => return Ok(skipped),
    };
    let own = *instance.private_ip.get()?;
    let Some(private) = wanted.private_ip else {
        return Ok(Outcome::pass(own.to_string()));
    };
    if private == own {
        return Ok(Outcome::pass(format!("{own} is this instance's")));
    }
    let addresses = facts.network.addresses.known();
    if addresses.is_some_and(|all| all.iter().all(|found| found.address != private)) {
        return Ok(Outcome::skipped("judged by network.private-ip"));
    }
    Ok(Outcome::error(format!(
        "{private} is on the machine, and by AWS it is {own}"
    ))
    .require(format!("{own}, which AWS has given the instance"))
    .mend(format!(
        "Use {own}, or launch an instance with {private} as its primary private address."
    )))
}
