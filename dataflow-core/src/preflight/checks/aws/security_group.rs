//! Security group: the PBX nodes'.

use super::told;
use crate::{
    facts::{Aws, Facts, Instance, Unseen},
    preflight::{Check, Expectations, Group, Outcome, State},
    reach::{SecurityGroup, security_group_rule},
};

pub(super) const CHECK: Check = Check {
    id: "aws.security-group",
    group: Group::Aws,
    title: "Security group",
    required: "the PBX nodes', with a rule that lets in the Elastic IP",
    source: "guide: Network Settings; Configure Security Group Inbound Rules",
    why: "The guide puts all instances into the security group of the PBX's nodes and adds a rule to it for the Elastic IP of each server. The metadata service names an instance's groups and not their rules, so the rule is spelled out here. AWS is asked on both instances, so dataflow has to run on the PBX node.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let server = match told(&facts.aws)? {
        Ok(server) => server,
        Err(skipped) => return Ok(skipped),
    };
    let own = server.security_groups.get()?;
    let mut outcome = match &facts.pbx_node {
        Aws::Instance(node) => compare(server, own, node.security_groups.get()?),
        Aws::Silent(reason) => Outcome::new(State::Unknown, reason),
        Aws::NotAsked(reason) => Outcome::skipped(format!("{}; {reason}", own.join(", "))),
    };
    let group = SecurityGroup {
        id: facts.pbx_node.instance().and_then(first),
        region: server.region.known().cloned(),
    };
    let public = server.public_ip.known().copied().flatten();
    for line in security_group_rule(&group, wanted.public_ip.or(public)) {
        outcome = outcome.mend(line);
    }
    Ok(outcome)
}

/// The group of the PBX node to which the rule is added.
fn first(node: &Instance) -> Option<String> {
    node.security_groups.known()?.first().cloned()
}

fn compare(server: &Instance, own: &[String], nodes: &[String]) -> Outcome {
    let missing: Vec<&str> = nodes
        .iter()
        .filter(|group| !own.contains(group))
        .map(String::as_str)
        .collect();
    let seen = own.join(", ");
    if missing.is_empty() {
        return Outcome::note(format!(
            "{seen}, as the PBX node; its rules can't be seen from here"
        ));
    }
    let id = server.id.known().map_or("INSTANCE_ID", String::as_str);
    let all: Vec<&str> = own
        .iter()
        .map(String::as_str)
        .chain(missing.iter().copied())
        .collect();
    // With one group of theirs it has what they let in from each other.
    let outcome = if missing.len() == nodes.len() {
        Outcome::error(format!("{seen}; the PBX node has {}", nodes.join(", ")))
    } else {
        Outcome::warning(format!(
            "{seen}; the PBX node has {} too",
            missing.join(", ")
        ))
    };
    outcome.mend(format!(
        "aws ec2 modify-instance-attribute --instance-id {id} --groups {}",
        all.join(" ")
    ))
}
