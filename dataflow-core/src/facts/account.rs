//! The user who signed in, and what they may do.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, MOST, kept},
};

/// The user who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The name.
    pub user: Fact<String>,
    /// The groups.
    pub groups: Fact<Vec<String>>,
    /// What sudo lets them do.
    pub sudo: Fact<Sudo>,
    /// Whether what was read was read as root; else much of it can't be seen.
    pub read_as_root: bool,
}

/// What sudo lets a user do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sudo {
    /// They are root.
    NotNeeded,
    /// All, without a password.
    WithoutPassword,
    /// All, with their password.
    WithPassword,
    /// Nothing, and what sudo says.
    Refused(String),
    /// sudo is not installed.
    Missing,
}

impl Account {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let said = answer.said("user", "id");
        let named = |part: &str| Some(kept(part.split_once('(')?.1.split_once(')')?.0));
        let user = said
            .known()
            .and_then(|said| named(said.strip_prefix("uid=")?));
        let groups = said.known().and_then(|said| {
            let list = said.split_once("groups=")?.1;
            Some(list.split(',').filter_map(named).take(MOST).collect())
        });
        let read_as_root = answer.after("began", "uid") == Some("0");
        let sudo = if answer.after("began", "sudo_user").is_none() {
            if read_as_root {
                Fact::Known(Sudo::NotNeeded)
            } else {
                Fact::unknown("sudo was not tried")
            }
        } else {
            match answer.said("sudo", "sudo") {
                Fact::Known(said) if said.contains("is not allowed to run sudo") => {
                    Fact::Known(Sudo::Refused(kept(said)))
                }
                Fact::Known(said) if said.contains("NOPASSWD: ALL") => {
                    Fact::Known(Sudo::WithoutPassword)
                }
                Fact::Known(_) => Fact::Known(Sudo::WithPassword),
                Fact::Unknown(reason) => Fact::Unknown(reason),
            }
        };
        Self {
            user: Fact::or_unknown(user, "id did not say"),
            groups: Fact::or_unknown(groups, "id did not say"),
            sudo,
            read_as_root,
        }
    }
}
