//! Clock source: tsc, kvm-clock or arch_sys_counter.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.clock-source",
    group: Group::Kernel,
    title: "Clock source",
    required: "tsc, kvm-clock or arch_sys_counter",
    source: "ClickHouse: advice for the operating system",
    why: "ClickHouse reads the clock all the time; other sources make each reading a call into the kernel or the hypervisor.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let current = facts.kernel.clock_source.get()?.as_str();
    const FAST: [&str; 4] = [
        "tsc",
        "kvm-clock",
        "arch_sys_counter",
        "hyperv_clocksource_tsc_page",
    ];
    if FAST.contains(&current) {
        return Ok(Outcome::pass(current));
    }
    let sources = facts.kernel.clock_sources.known();
    let better = sources.and_then(|sources| {
        FAST.iter()
            .find(|fast| sources.iter().any(|source| source == *fast))
    });
    let found = Outcome::warning(current);
    Ok(match better {
        Some(better) => found.mend(format!(
            "echo {better} | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource  # for every start: kernel parameter clocksource={better}"
        )),
        None => found.mend("The machine offers no faster one; on EC2, take an instance type of the Nitro generation."),
    })
}
