//! The blacklist and whitelist: networks from which requests are taken or refused, each until it expires.

mod filter;
mod page;
mod validate;

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ipnet::IpNet;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

pub(crate) use page::Page;
pub(crate) use validate::Change;

/// What becomes of requests from a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Target {
    Accept,
    Deny,
}

/// A rule, as the API gives it. Blank fields are explicitly null.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct IpFilter {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) entry: Entry,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Entry {
    pub(crate) cidr: IpNet,
    pub(crate) target: Target,
    #[serde(serialize_with = "to_seconds")]
    pub(crate) expire_at: Option<Timestamp>,
    pub(crate) description: Option<String>,
}

#[derive(Default)]
pub(crate) struct IpFilters {
    rules: Vec<IpFilter>,
    made: u64,
}

impl IpFilters {
    pub(crate) fn all(&self) -> &[IpFilter] {
        &self.rules
    }

    /// Adds a rule and gives its id, which is opaque to clients.
    pub(crate) fn add(&mut self, entry: Entry) -> String {
        self.made += 1;
        let number = 700_551_909_773_148_160 + self.made;
        let id = STANDARD_NO_PAD.encode(number.to_string());
        self.rules.push(IpFilter {
            id: id.clone(),
            entry,
        });
        id
    }

    pub(crate) fn get(&self, id: &str) -> Option<&IpFilter> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut IpFilter> {
        self.rules.iter_mut().find(|rule| rule.id == id)
    }

    /// Whether there was one to remove.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Whether the address is on the whitelist.
    pub(crate) fn accepts(&self, address: IpAddr, now: Timestamp) -> bool {
        self.has(Target::Accept, address, now)
    }

    /// Whether the address is on the blacklist. Which of the two wins is not documented: here the blacklist does.
    pub(crate) fn denies(&self, address: IpAddr, now: Timestamp) -> bool {
        self.has(Target::Deny, address, now)
    }

    fn has(&self, target: Target, address: IpAddr, now: Timestamp) -> bool {
        self.rules.iter().map(|rule| &rule.entry).any(|entry| {
            entry.target == target
                && entry.cidr.contains(&address)
                && entry.expire_at.is_none_or(|until| until > now)
        })
    }
}

/// `YYYY-MM-DDTHH:MM:SSZ`, as documented.
pub(super) fn in_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn to_seconds<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(in_seconds).serialize(serializer)
}
