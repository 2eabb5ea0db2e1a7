//! The network: addresses, who listens, what filters.

mod address;
mod firewall;
mod listener;

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, MOST, kept},
};
pub use address::{Address, Source};
pub use firewall::Firewall;
pub use listener::{Listener, Protocol};

/// The network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The addresses on its interfaces.
    pub addresses: Fact<Vec<Address>>,
    /// The interfaces by name, each with the kernel's word for its sort, such as `wireguard`; empty for a plain one.
    pub interfaces: Vec<Interface>,
    /// The addresses that its own host name stands for.
    pub resolves: Fact<Vec<String>>,
    /// Who listens.
    pub listeners: Fact<Vec<Listener>>,
    /// What filters incoming connections.
    pub firewall: Firewall,
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// The kernel's word for its sort; `tun` for one that a program is behind; else empty.
    pub sort: String,
}

impl Network {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        Self {
            addresses: address::addresses(answer),
            interfaces: interfaces(answer),
            resolves: resolves(answer),
            listeners: listener::listeners(answer),
            firewall: Firewall::of(answer),
        }
    }
}

fn interfaces(answer: &Answer<'_>) -> Vec<Interface> {
    const SYS: &str = "/sys/class/net/";
    let sort = |name: &str| {
        if answer.line(&format!("{SYS}{name}/tun_flags")).is_some() {
            return "tun".to_owned();
        }
        let uevent = answer.file(&format!("{SYS}{name}/uevent"));
        let sort = uevent
            .unwrap_or_default()
            .iter()
            .find_map(|line| line.strip_prefix("DEVTYPE="));
        sort.map(kept).unwrap_or_default()
    };
    answer
        .each(SYS, "/operstate")
        .take(MOST)
        .map(|(name, _)| Interface {
            name: kept(name),
            sort: sort(name),
        })
        .collect()
}

fn resolves(answer: &Answer<'_>) -> Fact<Vec<String>> {
    match answer.said("resolves", "getent") {
        Fact::Known(said) => Fact::Known(
            said.lines()
                .filter_map(|line| line.split_whitespace().next())
                .map(kept)
                .take(MOST)
                .collect(),
        ),
        // The status of getent for a name that is not known.
        Fact::Unknown(reason) if reason.contains("failed (2)") => Fact::Known(Vec::new()),
        Fact::Unknown(reason) => Fact::Unknown(reason),
    }
}
