//! Transparent huge pages: madvise or never.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Fix, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.huge-pages",
    group: Group::Kernel,
    title: "Transparent huge pages",
    required: "madvise or never",
    source: "ClickHouse: advice for the operating system",
    why: "With `always`, memory is moved about in large pieces behind ClickHouse's back.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let value = facts.kernel.huge_pages.get()?.as_str();
    Ok(if value == "always" {
        Outcome::warning(value)
            .mend("echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled")
            .mend("echo 'w /sys/kernel/mm/transparent_hugepage/enabled - - - - madvise' | sudo tee /etc/tmpfiles.d/dataflow-thp.conf")
            .fixed_by(Fix::at_start(
                "transparent huge pages",
                "/sys/kernel/mm/transparent_hugepage/enabled",
                value,
                "madvise",
                "thp",
            ))
    } else {
        Outcome::pass(value)
    })
}
