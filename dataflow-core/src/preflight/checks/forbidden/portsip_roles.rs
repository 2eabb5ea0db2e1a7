//! Other roles of PortSIP: none on this machine.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "forbidden.portsip-roles",
    group: Group::Forbidden,
    title: "Other roles of PortSIP",
    required: "none on this machine",
    source: "guide: Deployment Requirements",
    why: "The guide wants a machine of its own for each application server: no PBX, IM, SBC or media server beside Data Flow.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    if !facts.docker.installed {
        return Ok(Outcome::pass("none; Docker is not installed"));
    }
    let containers = facts.docker.containers.get()?;
    let others: Vec<&str> = containers
        .iter()
        .map(|container| container.name.as_str())
        .filter(|name| name.starts_with("portsip.") && !is_ours(name))
        .collect();
    Ok(if others.is_empty() {
        Outcome::pass("none")
    } else {
        Outcome::error(others.join(", ")).mend("Use a machine of its own for Data Flow.")
    })
}

/// Data Flow's own containers, and what a run that was interrupted may have left of them.
fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(".previous").unwrap_or(name);
    matches!(
        name,
        "portsip.clickhouse" | "portsip.dataflow" | "portsip.dataflow_initdt"
    )
}
