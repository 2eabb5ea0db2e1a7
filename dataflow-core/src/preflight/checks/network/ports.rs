//! Ports: 8123 and 9000 free or ours; 9004, 9005 and 9009 too.

use crate::{
    facts::{Facts, Protocol, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "network.ports",
    group: Group::Network,
    title: "Ports",
    required: "8123 and 9000 free or ours; 9004, 9005 and 9009 too",
    source: "the vendor's containers (host network)",
    why: "ClickHouse runs in the host's network and takes 8123 (HTTP) and 9000 (its own protocol), without which nothing works, and 9004, 9005 and 9009 beside.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let listeners = facts.network.listeners.get()?;
    let ours = facts.docker.containers.known().is_some_and(|containers| {
        containers
            .iter()
            .any(|container| container.name == "portsip.clickhouse" && container.running)
    });
    let taken = |ports: &[u16]| -> Vec<String> {
        let mut taken: Vec<String> = listeners
            .iter()
            .filter(|listener| listener.protocol == Protocol::Tcp && ports.contains(&listener.port))
            .filter(|listener| {
                !(ours
                    && listener
                        .program
                        .as_deref()
                        .is_none_or(|program| program.starts_with("clickhouse")))
            })
            .map(|listener| format!("{} on {}", listener.who(), listener.port))
            .collect();
        taken.sort();
        taken.dedup();
        taken
    };
    let (needed, beside) = (taken(&[8123, 9000]), taken(&[9004, 9005, 9009]));
    Ok(if !needed.is_empty() {
        Outcome::error(needed.join(", "))
    } else if !beside.is_empty() {
        Outcome::warning(beside.join(", "))
    } else if ours {
        Outcome::pass("ours")
    } else {
        Outcome::pass("free")
    }
    .mend_if_bad("Stop the program that listens, or move it: sudo ss -ltnp"))
}
