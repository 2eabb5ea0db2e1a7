//! Swap: none.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, size},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.swap",
    group: Group::Kernel,
    title: "Swap",
    required: "none",
    source: "ClickHouse: advice for the operating system",
    why: "ClickHouse's documentation advises to switch swap off on a server in production: a query that waits for swap is worse than one that fails.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let bytes = *facts.memory.swap.get()?;
    Ok(if bytes > 0 {
        Outcome::warning(size::memory(bytes))
            .mend("sudo swapoff -a && sudo sed -i.before-dataflow '/\\sswap\\s/s/^/#/' /etc/fstab")
    } else {
        Outcome::pass("none")
    })
}
