//! What has to change so that addresses are accepted, and keep being so.

use std::{fmt, net::IpAddr};

use jiff::Timestamp;
use serde::Serialize;

use super::standing::{end, lasts};
use crate::pbx::{
    cidr::Cidr,
    filter::{Day, IpFilter, NewFilter, Target},
};

/// One change to the PBX's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum WhitelistChange {
    /// Make an entry.
    Add {
        /// The entry.
        filter: NewFilter,
        /// Why.
        cause: Cause,
    },
    /// Let an entry of ours last longer.
    Renew {
        /// Which one.
        id: String,
        /// What it becomes.
        filter: NewFilter,
        /// Why.
        cause: Cause,
    },
}

/// Why an entry is made or renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// No entry accepts the address.
    Missing,
    /// The one that did has ended.
    Ended {
        /// When.
        at: Timestamp,
    },
    /// The one that does is about to end.
    Ending {
        /// When.
        at: Timestamp,
    },
}

impl WhitelistChange {
    /// The entry that there is afterwards.
    #[must_use]
    pub fn filter(&self) -> &NewFilter {
        match self {
            Self::Add { filter, .. } | Self::Renew { filter, .. } => filter,
        }
    }

    /// Why it is made, in the operator's words.
    #[must_use]
    pub fn cause(&self) -> String {
        let (Self::Add { cause, .. } | Self::Renew { cause, .. }) = self;
        match cause {
            Cause::Missing => "the PBX's whitelist has no entry for it".to_owned(),
            Cause::Ended { at } => format!("its entry on the PBX's whitelist ended {}", Day(*at)),
            Cause::Ending { at } => format!("its entry on the PBX's whitelist ends {}", Day(*at)),
        }
    }
}

impl fmt::Display for WhitelistChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, filter) = match self {
            Self::Add { filter, .. } => ("add", filter),
            Self::Renew { filter, .. } => ("renew", filter),
        };
        write!(
            f,
            "{verb} {} on the PBX's whitelist until {}",
            filter.cidr(),
            Day(filter.expire_at())
        )
    }
}

/// What has to change so that each of these addresses has an ACCEPT that lasts. Empty where all have one already, whoever
/// made it; entries of other people are left as they are, and so is a DENY, which only [`super::judge`] tells of.
#[must_use]
pub fn changes(
    entries: &[IpFilter],
    wanted: &[IpAddr],
    now: Timestamp,
    server: &str,
) -> Vec<WhitelistChange> {
    let mut changes: Vec<WhitelistChange> = Vec::new();
    for address in wanted {
        let told = changes
            .iter()
            .any(|change| change.filter().cidr().covers(*address));
        if let Some(change) = change(entries, *address, now, server)
            && !told
        {
            changes.push(change);
        }
    }
    changes
}

fn change(
    entries: &[IpFilter],
    address: IpAddr,
    now: Timestamp,
    server: &str,
) -> Option<WhitelistChange> {
    let longest = |exact: bool| {
        entries
            .iter()
            .filter(|entry| entry.target == Target::Accept && entry.cidr.covers(address))
            .filter(|entry| !exact || entry.is_ours() && entry.cidr == Cidr::of(address))
            .max_by_key(|entry| end(entry))
    };
    let filter = NewFilter::accept(address, now, server);
    let cause = match longest(false) {
        None => Cause::Missing,
        Some(entry) if lasts(entry, now) => return None,
        Some(entry) if entry.has_ended(now) => Cause::Ended { at: end(entry) },
        Some(entry) => Cause::Ending { at: end(entry) },
    };
    Some(match longest(true) {
        Some(ours) => WhitelistChange::Renew {
            id: ours.id.clone(),
            filter,
            cause,
        },
        None => WhitelistChange::Add { filter, cause },
    })
}
