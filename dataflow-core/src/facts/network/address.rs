//! Addresses, and how they came about.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::super::{
    Fact,
    answer::{Answer, MOST, kept},
};

/// An address on an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The interface.
    pub interface: String,
    /// The address.
    pub address: IpAddr,
    /// The length of the network's prefix.
    pub prefix: u8,
    /// How it came about.
    pub source: Fact<Source>,
}

/// How an address came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// By DHCP or router advertisement; what tells.
    Dynamic(String),
    /// By configuration; what tells.
    Static(String),
}

pub(super) fn addresses(answer: &Answer<'_>) -> Fact<Vec<Address>> {
    answer.said("addresses", "ip").map(|said| {
        said.lines()
            .filter_map(|line| of(line, answer))
            .take(MOST)
            .collect()
    })
}

/// Reads a line of `ip -o addr`: `INDEX: INTERFACE FAMILY ADDRESS/PREFIX ... [dynamic] ...`.
fn of(line: &str, answer: &Answer<'_>) -> Option<Address> {
    let mut words = line.split_whitespace();
    let index = words.next()?.strip_suffix(':')?;
    let interface = words.next()?;
    if !matches!(words.next()?, "inet" | "inet6") {
        return None;
    }
    let text = words.next()?;
    let (address, prefix) = text.split_once('/').unwrap_or((text, "32"));
    let dynamic = words.any(|word| word == "dynamic");
    Some(Address {
        interface: kept(interface),
        address: address.parse().ok()?,
        prefix: prefix.parse().ok()?,
        source: source(index, interface, dynamic, answer),
    })
}

/// The kernel knows an address with a lease by its end; a client that gives none leaves other traces.
fn source(index: &str, interface: &str, dynamic: bool, answer: &Answer<'_>) -> Fact<Source> {
    let lease = format!("/run/systemd/netif/leases/{index}");
    if dynamic {
        return Fact::Known(Source::Dynamic("it has a lease".to_owned()));
    }
    if answer.there(&lease) {
        return Fact::Known(Source::Dynamic(format!("{lease} holds a lease")));
    }
    let configured = answer
        .lines("network-config")
        .filter_map(|line| line.split_once(':'))
        .find_map(|(file, line)| by_line(file, line.trim(), interface));
    configured.unwrap_or_else(|| Fact::Known(Source::Static("it has no lease".to_owned())))
}

/// What one line of a network configuration says of an interface.
fn by_line(file: &str, line: &str, interface: &str) -> Option<Fact<Source>> {
    let rest = line.strip_prefix("iface ")?;
    let mut words = rest.split_whitespace();
    let file = kept(file);
    if words.next()? != interface {
        return None;
    }
    match words.nth(1)? {
        "dhcp" => Some(Fact::Known(Source::Dynamic(format!("{file} says dhcp")))),
        "static" => Some(Fact::Known(Source::Static(format!("{file} says static")))),
        _ => None,
    }
}
