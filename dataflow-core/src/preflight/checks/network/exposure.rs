//! ClickHouse from outside: 8123 and 9000 not open to the world.

use super::{is_public, on_ec2, own};
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "network.exposure",
    group: Group::Network,
    title: "ClickHouse from outside",
    required: "8123 and 9000 not open to the world",
    source: "guide: Configure Security Group Inbound Rules",
    why: "ClickHouse's user `default` may do everything; its ports are for the service and the PBX's servers alone.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let opened: Vec<&String> = facts
        .network
        .firewall
        .allowed
        .iter()
        .filter(|rule| rule.ends_with("from 0.0.0.0/0") || rule.ends_with("from ::/0"))
        .filter(|rule| {
            rule.split_whitespace()
                .nth(1)
                .is_some_and(|port| port == "8123" || port == "9000" || port == "any")
        })
        .collect();
    if let Some(rule) = opened.first() {
        return Ok(Outcome::warning(format!("ufw lets in {rule}"))
            .mend("sudo ufw status numbered; then: sudo ufw delete NUMBER"));
    }
    let addresses = facts.network.addresses.get()?;
    let public: Vec<String> = own(addresses)
        .filter(|found| is_public(found.address))
        .map(|found| found.address.to_string())
        .collect();
    if public.is_empty() {
        return Ok(Outcome::pass("no public address on this machine"));
    }
    if on_ec2(facts) {
        return Ok(Outcome::note(format!(
            "{} is public; the security group must not open 8123 and 9000",
            public.join(", ")
        )));
    }
    Ok(if *facts.network.firewall.closed.get()? {
        Outcome::pass("the firewall keeps them closed")
    } else {
        Outcome::warning(format!(
            "{} is public and nothing filters",
            public.join(", ")
        ))
        .mend("sudo ufw allow OpenSSH && sudo ufw allow from PBX_ADDRESS && sudo ufw enable")
    })
}
