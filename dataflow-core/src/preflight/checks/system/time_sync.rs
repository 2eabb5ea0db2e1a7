//! Clock is synchronised: by chrony, systemd-timesyncd or ntpd.

use crate::{
    facts::{Fact, Facts, Unseen},
    preflight::{Check, Expectations, Fix, Group, Outcome, remedy},
};

pub(super) const CHECK: Check = Check {
    id: "time.sync",
    group: Group::System,
    title: "Clock is synchronised",
    required: "by chrony, systemd-timesyncd or ntpd",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "Call records carry times from several servers; tokens and certificates run out by the clock.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let keeper = facts.time.keeper.get()?;
    Ok(match (keeper.program.as_str(), keeper.synchronised) {
        ("", true) => Outcome::pass("synchronised"),
        (program, true) => Outcome::pass(format!("by {program}")),
        ("", false) => Outcome::error("nothing keeps the clock")
            .mend(if os_is_ubuntu(facts) {
                "sudo timedatectl set-ntp true".to_owned()
            } else {
                format!(
                    "{} && sudo systemctl enable --now {}",
                    remedy::install(facts, "chrony"),
                    unit(facts)
                )
            })
            .fixed_by(fix(facts)),
        (program, false) => Outcome::error(format!("{program} runs and has not synchronised it"))
            .mend(if program == "chrony" {
                "chronyc sources -v"
            } else {
                "timedatectl timesync-status"
            }),
    })
}

/// Starts what is installed. What somebody masked stays as it is.
fn fix(facts: &Facts) -> Option<Fix> {
    let units = facts.software.units.known()?;
    let unit = [
        "chrony",
        "chronyd",
        "systemd-timesyncd",
        "ntpsec",
        "ntp",
        "ntpd",
    ]
    .iter()
    .find_map(|name| {
        units
            .iter()
            .find(|unit| unit.name == format!("{name}.service") && !unit.masked)
    })?;
    Some(Fix::start(&unit.name, unit.enabled))
}

fn os_is_ubuntu(facts: &Facts) -> bool {
    matches!(&facts.system.os, Fact::Known(os) if os.id == "ubuntu")
}

fn unit(facts: &Facts) -> &'static str {
    match &facts.system.os {
        Fact::Known(os) if os.has_dnf() => "chronyd",
        _ => "chrony",
    }
}
