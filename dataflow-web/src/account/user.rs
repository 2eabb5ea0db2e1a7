//! Users, tokens for programs, and invitations: what the users file holds.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::secret::Hash;

/// What somebody may do. Each role may do what those before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// See everything but users, tokens and the audit.
    Viewer,
    /// Change servers.
    Operator,
    /// Say who may do what, and see who did what.
    Administrator,
}

impl Role {
    /// All of them, the least first.
    pub(crate) const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Administrator];

    /// Its name, as it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }
}

/// Somebody who signs in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    /// What they may do.
    pub(crate) role: Role,
    /// The hash of their password, as argon2 writes it.
    pub(crate) password: String,
    /// Since when there is this user.
    pub(crate) created: Timestamp,
    /// The browsers in which they signed in before; a throttle on their name does not hold for these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) browsers: Vec<Hash>,
}

/// What a program shows instead of signing in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    /// What it is for, in the words of who made it.
    pub(crate) name: String,
    /// What it allows.
    pub(crate) role: Role,
    /// Who made it.
    pub(crate) made_by: String,
    /// When.
    pub(crate) created: Timestamp,
    /// When it was shown last.
    #[serde(skip)]
    pub(crate) used: Used,
}

/// When something was used last, to the second, since the panel was started. Clones tell the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Used(Arc<AtomicI64>);

impl Used {
    /// It is used now.
    pub(crate) fn now(&self) {
        self.0
            .store(Timestamp::now().as_second(), Ordering::Relaxed);
    }

    /// When that was.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        let second = self.0.load(Ordering::Relaxed);
        Timestamp::from_second(second).ok().filter(|_| second > 0)
    }
}

/// A link with which somebody chooses a password, once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Invitation {
    /// The user it is for; with none, who follows it chooses a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// What they may do.
    pub(crate) role: Role,
    /// Until when it can be followed.
    pub(crate) until: Timestamp,
}

/// All that is kept of accounts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// The version of this form.
    pub(crate) v: u32,
    /// By name.
    pub(crate) users: BTreeMap<String, User>,
    /// By the hash of the token.
    pub(crate) tokens: BTreeMap<Hash, Token>,
    /// By the hash of what the link says.
    pub(crate) invitations: BTreeMap<Hash, Invitation>,
}

impl Kept {
    /// The version of the form that is written.
    pub(crate) const VERSION: u32 = 1;

    /// How many administrators there are.
    pub(crate) fn administrators(&self) -> usize {
        let roles = self.users.values().map(|user| user.role);
        roles.filter(|role| *role == Role::Administrator).count()
    }

    /// The invitation that this link stands for, if it can still be followed.
    pub(crate) fn invitation(&self, presented: &str) -> Option<&Invitation> {
        let found = self.invitations.get(&Hash::of(presented));
        found.filter(|invitation| invitation.until > Timestamp::now())
    }
}

/// Whether this is a name that a user or token may have: short, and nothing that could be taken for something else.
pub(super) fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'))
}
