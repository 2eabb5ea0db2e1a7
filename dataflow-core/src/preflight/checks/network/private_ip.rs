//! Private address: on an interface of the machine.

use super::{is_private, own};
use crate::{
    facts::{Address, Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "network.private-ip",
    group: Group::Network,
    title: "Private address",
    required: "on an interface of the machine",
    source: "guide: Deployment Requirements; Network Settings",
    why: "Data Flow tells the PBX its private address; the machine must have it.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let addresses = facts.network.addresses.get()?;
    let shown = |address: &Address| format!("{} on {}", address.address, address.interface);
    if let Some(private) = wanted.private_ip {
        return Ok(
            match addresses.iter().find(|found| found.address == private) {
                Some(found) => Outcome::pass(shown(found)),
                None => Outcome::error(format!(
                    "{private} is not here; there is {}",
                    own(addresses).map(shown).collect::<Vec<_>>().join(", ")
                ))
                .mend(format!(
                    "Give the machine {private}, or use an address that it has."
                )),
            },
        );
    }
    let private: Vec<String> = own(addresses)
        .filter(|found| is_private(found.address))
        .map(shown)
        .collect();
    Ok(if private.is_empty() {
        Outcome::warning("no private address")
            .mend("Give the machine a private address in the PBX's network.")
    } else {
        Outcome::pass(private.join(", "))
    })
}
