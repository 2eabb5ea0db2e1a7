//! How an address stands.

use std::{fmt, net::IpAddr};

use jiff::{SignedDuration, Timestamp};

use crate::pbx::filter::{Day, IpFilter, Target};

/// An entry that ends within this time is about to end: 60 days.
pub const SOON: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How an address stands on the PBX's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// An entry accepts it, and lasts.
    Accepted(IpFilter),
    /// The entry that accepts it for longest is about to end.
    Expiring(IpFilter),
    /// No entry accepts it; one that did may have ended.
    Missing(Option<IpFilter>),
    /// An entry denies it. Which of the two wins where another one accepts it is not documented.
    Denied {
        /// The entry, which is other people's and not touched.
        by: IpFilter,
        /// The entry that accepts it for longest.
        accepted: Option<IpFilter>,
    },
}

/// How an address stands at a time.
#[must_use]
pub fn judge(entries: &[IpFilter], wanted: IpAddr, now: Timestamp) -> Standing {
    let covering = |target: Target| {
        entries
            .iter()
            .filter(move |entry| entry.target == target && entry.cidr.covers(wanted))
    };
    let accepted = covering(Target::Accept).max_by_key(|entry| end(entry));
    let denied = covering(Target::Deny).find(|entry| !entry.has_ended(now));
    match (denied, accepted) {
        (Some(by), accepted) => Standing::Denied {
            by: by.clone(),
            accepted: accepted.filter(|entry| !entry.has_ended(now)).cloned(),
        },
        (None, None) => Standing::Missing(None),
        (None, Some(entry)) if entry.has_ended(now) => Standing::Missing(Some(entry.clone())),
        (None, Some(entry)) if !lasts(entry, now) => Standing::Expiring(entry.clone()),
        (None, Some(entry)) => Standing::Accepted(entry.clone()),
    }
}

/// When an entry ends, for comparing: one without an end is the last.
pub(super) fn end(entry: &IpFilter) -> Timestamp {
    entry.expire_at.unwrap_or(Timestamp::MAX)
}

/// Whether an entry ends neither now nor soon.
pub(super) fn lasts(entry: &IpFilter, now: Timestamp) -> bool {
    end(entry).duration_since(now) > SOON
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(entry) => write!(f, "{entry}"),
            Self::Expiring(entry) => write!(f, "{entry}: within 60 days"),
            Self::Missing(None) => f.write_str("no entry accepts it"),
            Self::Missing(Some(entry)) => {
                write!(
                    f,
                    "no entry accepts it: {} \"{}\"",
                    entry.cidr, entry.description
                )?;
                match entry.expire_at {
                    Some(end) => write!(f, " ended {}", Day(end)),
                    None => Ok(()),
                }
            }
            Self::Denied { by, accepted: None } => write!(f, "denied by {by}"),
            Self::Denied {
                by,
                accepted: Some(accepted),
            } => write!(
                f,
                "denied by {by}, and accepted by {accepted}; which of them the PBX heeds is not documented"
            ),
        }
    }
}
