//! Access to Docker: directly or with sudo.

use crate::{
    facts::{Facts, Sudo, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "account.docker",
    group: Group::Account,
    title: "Access to Docker",
    required: "directly or with sudo",
    source: "guide: User Account Requirements",
    why: "Data Flow's containers are made through Docker's socket, which root and the group docker may open.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    if !facts.docker.installed {
        return Ok(Outcome::skipped("Docker is not installed"));
    }
    let groups = facts.account.groups.get()?;
    if groups
        .iter()
        .any(|group| group == "docker" || group == "root")
    {
        return Ok(Outcome::pass("directly"));
    }
    Ok(match facts.account.sudo.get()? {
        Sudo::NotNeeded => Outcome::pass("directly"),
        Sudo::WithoutPassword | Sudo::WithPassword => Outcome::pass("with sudo"),
        Sudo::Refused(_) | Sudo::Missing => Outcome::error("neither").mend(format!(
            "As root: usermod -aG docker {}",
            facts.account.user.known().map_or("USER", String::as_str)
        )),
    })
}
