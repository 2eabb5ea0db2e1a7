//! Whether an address is one of the machine on which this program runs.

use std::{
    io,
    net::{IpAddr, Ipv6Addr},
};

use tokio::io::AsyncReadExt as _;

/// Local addresses and routes of IPv4, as the kernel shows its tree of them.
const IPV4: &str = "/proc/net/fib_trie";

/// Addresses of IPv6.
const IPV6: &str = "/proc/net/if_inet6";

/// A machine with more routes than fit is a router, and no PBX.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Whether an address is one of the machine on which this program runs. Asked by binding to it, the kernel's answer would depend on
/// settings that nodes of a cluster have (`ip_nonlocal_bind`).
pub(crate) async fn is_here(address: IpAddr) -> io::Result<bool> {
    match address {
        IpAddr::V4(_) => Ok(has_v4(&read(IPV4).await?, address)),
        IpAddr::V6(address) => Ok(has_v6(&read(IPV6).await?, address)),
    }
}

async fn read(path: &str) -> io::Result<String> {
    let mut text = String::new();
    let file = tokio::fs::File::open(path).await?;
    file.take(LIMIT).read_to_string(&mut text).await?;
    Ok(text)
}

/// A local address stands on a line of its own, `|-- ADDRESS`, with `/32 host LOCAL` below.
fn has_v4(tree: &str, address: IpAddr) -> bool {
    let mut at = false;
    for line in tree.lines().map(str::trim) {
        if let Some(leaf) = line.strip_prefix("|-- ") {
            at = leaf.parse() == Ok(address);
        } else if at && line == "/32 host LOCAL" {
            return true;
        }
    }
    false
}

/// A line for each: 32 hexadecimal digits, then more.
fn has_v6(list: &str, address: Ipv6Addr) -> bool {
    let wanted = format!("{:032x}", u128::from(address));
    list.lines()
        .any(|line| line.split_whitespace().next() == Some(&wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn loopback_is_here_and_an_address_for_documentation_is_not() {
        assert!(is_here("127.0.0.1".parse().unwrap()).await.unwrap());
        assert!(!is_here("192.0.2.1".parse().unwrap()).await.unwrap());
        assert!(!is_here("2001:db8::1".parse().unwrap()).await.unwrap());
    }

    #[test]
    fn a_network_and_a_broadcast_address_are_no_addresses_of_the_machine() {
        let tree = "Local:\n  +-- 198.18.16.0/24 2 0 2\n     |-- 198.18.16.0\n        /24 link UNICAST\n     |-- 198.18.16.133\n        \
            /32 host LOCAL\n     |-- 198.18.16.255\n        /32 link BROADCAST\n";
        for (address, here) in [
            ("198.18.16.133", true),
            ("198.18.16.0", false),
            ("198.18.16.255", false),
            ("198.18.16.13", false),
        ] {
            assert_eq!(has_v4(tree, address.parse().unwrap()), here, "{address}");
        }
    }

    #[test]
    fn addresses_of_ipv6_are_read_as_the_kernel_writes_them() {
        let list = "20010db8000000000000000000000133 02 40 00 80     eth0\n";
        assert!(has_v6(list, "2001:db8::133".parse().unwrap()));
        assert!(!has_v6(list, "2001:db8::13".parse().unwrap()));
    }
}
