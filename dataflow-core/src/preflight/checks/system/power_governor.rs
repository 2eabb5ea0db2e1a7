//! CPU frequency: governor performance.

use crate::{
    facts::{Fact, Facts, Unseen},
    preflight::{Check, Expectations, Fix, Group, Outcome, remedy},
};

pub(super) const CHECK: Check = Check {
    id: "power.governor",
    group: Group::System,
    title: "CPU frequency",
    required: "governor performance",
    source: "guide: Step 1, Prepare the Linux Server (High Performance mode)",
    why: "A governor that saves power makes the processor slow when a query comes. A virtual machine usually leaves the frequency to its host.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let governors = &facts.power.governors;
    Ok(if governors.is_empty() {
        Outcome::pass("left to firmware or hypervisor")
    } else if governors.iter().all(|governor| governor == "performance") {
        Outcome::pass("performance")
    } else {
        Outcome::warning(governors.join(", "))
            .mend(format!(
                "{} && sudo cpupower frequency-set -g performance",
                tool(facts)
            ))
            .fixed_by(fix(governors))
    })
}

/// Where processors have different ones, what each had is not known here.
fn fix(governors: &[String]) -> Option<Fix> {
    let [now] = governors else { return None };
    Some(Fix::at_start(
        "the CPU governor",
        "/sys/devices/system/cpu/cpufreq/policy*/scaling_governor",
        now,
        "performance",
        "governor",
    ))
}

fn tool(facts: &Facts) -> String {
    let package = match &facts.system.os {
        Fact::Known(os) if os.has_dnf() => "kernel-tools",
        Fact::Known(os) if os.id == "ubuntu" => "linux-tools-generic",
        _ => "linux-cpupower",
    };
    remedy::install(facts, package)
}
