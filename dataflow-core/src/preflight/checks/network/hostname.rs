//! Host name: resolves.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "network.hostname",
    group: Group::Network,
    title: "Host name",
    required: "resolves",
    source: "guide: Preparing Linux Servers",
    why: "Programs on the machine look their own name up; where it does not resolve, each waits for a time-out.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let name = facts.system.hostname.get()?;
    let addresses = facts.network.resolves.get()?;
    Ok(if addresses.is_empty() {
        Outcome::warning(format!("{name} does not resolve"))
            .mend("echo \"127.0.1.1 $(hostname)\" | sudo tee -a /etc/hosts")
    } else {
        Outcome::pass(format!("{name} is {}", addresses.join(", ")))
    })
}
