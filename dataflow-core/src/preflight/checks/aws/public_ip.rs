//! Elastic IP: the instance's own.

use super::told;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "aws.public-ip",
    group: Group::Aws,
    title: "Elastic IP of the instance",
    required: "associated with this instance",
    source: "guide: Deployment Requirements; Network Settings",
    why: "The whitelist of the PBX and its security group let in the Elastic IP, so it must be the one with which the instance reaches others. The metadata service does not tell an Elastic IP from an address that was assigned automatically and is another one after a stop: in the console it is seen.",
    judge,
};

/// What can't be told from here.
const SORT: &str = "that it is an Elastic IP can't be seen from here";

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let instance = match told(&facts.aws)? {
        Ok(instance) => instance,
        Err(skipped) => return Ok(skipped),
    };
    let own = *instance.public_ip.get()?;
    let id = instance.id.known().map_or("INSTANCE_ID", String::as_str);
    let associate = |address: &str| {
        format!(
            "aws ec2 associate-address --instance-id {id} --allocation-id ALLOCATION_ID  # of {address}"
        )
    };
    Ok(match (wanted.public_ip, own) {
        (Some(public), Some(own)) if public == own => {
            Outcome::note(format!("{own} is this instance's; {SORT}"))
        }
        (Some(public), Some(own)) => {
            Outcome::error(format!("{public} is not this instance's; it has {own}"))
                .mend(associate(&public.to_string()))
        }
        (Some(public), None) => Outcome::error(format!(
            "{public} is not this instance's; it has no public address"
        ))
        .mend(associate(&public.to_string())),
        (None, Some(own)) => Outcome::note(format!("{own}; {SORT}"))
            .mend(format!("If it is one, deploy with it: -A {own}")),
        (None, None) => {
            Outcome::warning("the instance has no public address").mend(associate("an Elastic IP"))
        }
    })
}
