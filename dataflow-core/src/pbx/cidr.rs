//! The network of an entry on the PBX's list.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use ipnet::{IpNet, Ipv4Net};
use serde::{Serialize, Serializer};

use crate::host::shown;

/// Addresses as the PBX writes them, `192.0.2.0/24` or `2001:db8::/32`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cidr {
    /// A network; one address is a network too.
    Net(IpNet),
    /// Something else, as it can be shown. It covers nothing, as far as can be told.
    Unreadable(String),
}

impl Cidr {
    /// The network of one address: `/32` or `/128`. An IPv4 address written as an IPv6 one is an IPv4 address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self::Net(IpNet::from(address.to_canonical()))
    }

    /// What a server wrote.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match read(text.trim()) {
            Some(net) => Self::Net(canonical(net)),
            None if text.trim().is_empty() => Self::Unreadable("(no address)".to_owned()),
            None => Self::Unreadable(shown(text.as_bytes())),
        }
    }

    /// Whether an address is one of these.
    #[must_use]
    pub fn covers(&self, address: IpAddr) -> bool {
        match self {
            Self::Net(net) => net.contains(&address.to_canonical()),
            Self::Unreadable(_) => false,
        }
    }
}

fn read(text: &str) -> Option<IpNet> {
    if let Ok(net) = IpNet::from_str(text) {
        return Some(net);
    }
    if let Ok(address) = IpAddr::from_str(text) {
        return Some(IpNet::from(address));
    }
    let (address, mask) = text.split_once('/')?;
    IpNet::with_netmask(address.parse().ok()?, mask.parse().ok()?).ok()
}

/// Without the bits of a host; and an IPv4 network written as an IPv6 one (`::ffff:192.0.2.0/120`) as what it is.
fn canonical(net: IpNet) -> IpNet {
    const MAPPED: u8 = 96;
    let net = net.trunc();
    let IpNet::V6(v6) = net else { return net };
    let mapped = |address: Ipv6Addr| address.to_ipv4_mapped();
    match (mapped(v6.addr()), v6.prefix_len().checked_sub(MAPPED)) {
        (Some(v4), Some(prefix)) => Ipv4Net::new(v4, prefix).map_or(net, IpNet::V4),
        _ => net,
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(net) => net.fmt(f),
            Self::Unreadable(text) => f.write_str(text),
        }
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_server_may_write_is_read() {
        for (text, shown) in [
            ("192.0.2.7/32", "192.0.2.7/32"),
            ("192.0.2.7", "192.0.2.7/32"),
            (" 192.0.2.7/24 ", "192.0.2.0/24"),
            ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
            ("2001:DB8::1", "2001:db8::1/128"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(Cidr::read(text).to_string(), shown, "{text}");
            assert!(matches!(Cidr::read(text), Cidr::Net(_)), "{text}");
        }
    }

    #[test]
    fn what_is_no_network_covers_nothing() {
        for text in ["", "all", "192.0.2.0/33", "192.0.2/24", "\u{1b}[2J"] {
            let read = Cidr::read(text);
            assert!(matches!(read, Cidr::Unreadable(_)), "{text}");
            assert!(!read.covers([192, 0, 2, 7].into()), "{text}");
        }
    }

    #[test]
    fn an_ipv4_address_in_ipv6_form_is_covered_by_its_ipv4_network() {
        let mapped: IpAddr = "::ffff:192.0.2.7".parse().unwrap();
        assert!(Cidr::read("192.0.2.0/24").covers(mapped));
        assert_eq!(Cidr::of(mapped).to_string(), "192.0.2.7/32");
        assert!(!Cidr::read("::/0").covers([192, 0, 2, 7].into()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_what_is_read_stays_the_same(text in "\\PC{0,50}") {
            let once = Cidr::read(&text);
            if let Cidr::Net(_) = once {
                prop_assert_eq!(Cidr::read(&once.to_string()), once);
            }
        }

        #[test]
        fn an_address_is_covered_by_its_own_network(bits: u128) {
            let address = IpAddr::V6(bits.into());
            prop_assert!(Cidr::of(address).covers(address));
        }
    }
}
