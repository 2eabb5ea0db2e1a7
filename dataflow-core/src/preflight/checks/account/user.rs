//! User: the same name as on the PBX servers.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "account.user",
    group: Group::Account,
    title: "User",
    required: "the same name as on the PBX servers",
    source: "guide: User Account Requirements",
    why: "The guide wants the same user name and password on all servers. Whether the passwords are the same can't be seen from here.",
    judge,
};

fn judge(facts: &Facts, wanted: &Expectations) -> Result<Outcome, Unseen> {
    let user = facts.account.user.get()?;
    let Some(pbx) = &wanted.user else {
        return Ok(Outcome::skipped(format!(
            "{user}; the PBX's user is not known"
        )));
    };
    Ok(if user == pbx {
        Outcome::pass(user)
    } else {
        Outcome::error(user)
            .require(format!("{pbx}, as on the PBX"))
            .mend(format!("sudo adduser {pbx} && sudo usermod -aG sudo {pbx}"))
    })
}
