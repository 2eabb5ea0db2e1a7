//! An IP address that a machine on a network can have.

use std::{fmt, net::IpAddr, str::FromStr};

use super::SpecError;

/// The IP address of one machine: IPv4 or IPv6, never unspecified, loopback, multicast, broadcast, or an IPv6
/// link-local address (which means nothing without an interface, and the service's arguments have no room for one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerIp(IpAddr);

impl ServerIp {
    /// The address.
    #[must_use]
    pub fn get(self) -> IpAddr {
        self.0
    }
}

impl TryFrom<IpAddr> for ServerIp {
    type Error = SpecError;

    fn try_from(ip: IpAddr) -> Result<Self, SpecError> {
        let reason = match ip.to_canonical() {
            ip if ip.is_unspecified() => "it is the unspecified address",
            ip if ip.is_loopback() => "it is a loopback address, which other machines cannot reach",
            ip if ip.is_multicast() => "it is a multicast address",
            IpAddr::V4(ip) if ip.is_broadcast() => "it is the broadcast address",
            IpAddr::V6(ip) if ip.is_unicast_link_local() => "it is a link-local address",
            _ => return Ok(Self(ip)),
        };
        Err(SpecError::Ip {
            given: ip.to_string(),
            reason: reason.to_owned(),
        })
    }
}

impl FromStr for ServerIp {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let ip: IpAddr = given.parse().map_err(|_| SpecError::Ip {
            given: given.to_owned(),
            reason: "it is neither an IPv4 nor an IPv6 address".to_owned(),
        })?;
        ip.try_into()
    }
}

impl fmt::Display for ServerIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_machines_are_accepted() {
        for given in [
            "172.31.16.158",
            "54.215.234.68",
            "2001:db8::1",
            "fd00::5",
            "169.254.10.1",
            "::ffff:10.0.0.1",
        ] {
            assert!(given.parse::<ServerIp>().is_ok(), "{given}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for given in [
            "",
            "172.31.16",
            "172.31.16.300",
            "172.31.16.158/24",
            " 172.31.16.158",
            "pbx.example.com",
            "0.0.0.0",
            "127.0.0.1",
            "127.9.9.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "ff02::1",
            "fe80::1",
            "fe80::1%eth0",
            "[2001:db8::1]",
        ] {
            assert!(given.parse::<ServerIp>().is_err(), "{given:?} was accepted");
        }
    }
}
