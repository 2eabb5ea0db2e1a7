//! sudo: allowed.

use crate::{
    facts::{Fact, Facts, Sudo, Unseen},
    preflight::{Check, Expectations, Group, Outcome, remedy},
};

pub(super) const CHECK: Check = Check {
    id: "account.sudo",
    group: Group::Account,
    title: "sudo",
    required: "allowed",
    source: "guide: User Account Requirements",
    why: "The guide wants a user with sudo privileges. A password for it is fine.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let user = facts.account.user.known().map_or("USER", String::as_str);
    Ok(match facts.account.sudo.get()? {
        Sudo::NotNeeded => Outcome::pass("root needs none"),
        Sudo::WithoutPassword => Outcome::pass("without a password"),
        Sudo::WithPassword => Outcome::pass("with the password"),
        Sudo::Refused(reason) => {
            Outcome::error(reason).mend(format!("As root: usermod -aG {} {user}", group(facts)))
        }
        Sudo::Missing => Outcome::error("sudo is not installed").mend(format!(
            "As root: {} && usermod -aG {} {user}",
            remedy::install(facts, "sudo")
                .replace("sudo apt-get", "apt-get")
                .replace("sudo dnf", "dnf"),
            group(facts)
        )),
    })
}

fn group(facts: &Facts) -> &'static str {
    match &facts.system.os {
        Fact::Known(os) if os.has_dnf() => "wheel",
        _ => "sudo",
    }
}
