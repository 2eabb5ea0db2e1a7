//! The network.

mod exposure;
mod firewall;
mod hostname;
mod ports;
mod private_ip;
mod static_ip;

use std::net::IpAddr;

use crate::facts::{Address, Facts, Sort};

/// The addresses by which others reach the machine: no loopback, no link-local ones, and none of a bridge or the like that a program
/// made for itself.
fn own(addresses: &[Address]) -> impl Iterator<Item = &Address> {
    const MADE: [&str; 8] = [
        "lo", "docker", "br-", "veth", "virbr", "lxdbr", "cni", "tun",
    ];
    addresses.iter().filter(|address| {
        let link_local = match address.address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        };
        !address.address.is_loopback()
            && !link_local
            && !MADE.iter().any(|made| address.interface.starts_with(made))
    })
}

/// Whether an address is for use within a network only: RFC 1918, RFC 6598, RFC 2544, RFC 4193.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (18..20).contains(&second))
        }
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// Whether the world can reach an address.
fn is_public(address: IpAddr) -> bool {
    let documentation = match address {
        IpAddr::V4(address) => address.is_documentation(),
        IpAddr::V6(_) => false,
    };
    !is_private(address) && !address.is_loopback() && !documentation
}

fn on_ec2(facts: &Facts) -> bool {
    let platform = facts.system.platform.known();
    platform.is_some_and(|platform| platform.sort == Sort::Ec2)
}

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    private_ip::CHECK,
    static_ip::CHECK,
    hostname::CHECK,
    ports::CHECK,
    firewall::CHECK,
    exposure::CHECK,
];
