//! Who listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::super::{
    Fact,
    answer::{Answer, MOST, kept},
};

/// A socket that takes connections or packets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Its protocol.
    pub protocol: Protocol,
    /// The address it listens on; unspecified: all.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// The program behind it, where that could be seen.
    pub program: Option<String>,
}

/// The protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Listener {
    /// The program's name, or what stands for it.
    #[must_use]
    pub fn who(&self) -> &str {
        self.program
            .as_deref()
            .unwrap_or("a program that can't be seen")
    }
}

impl std::fmt::Display for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = match self.address {
            address if address.is_unspecified() => "*".to_owned(),
            IpAddr::V6(address) => format!("[{address}]"),
            IpAddr::V4(address) => address.to_string(),
        };
        let protocol = match self.protocol {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        write!(f, "{} on {protocol} {address}:{}", self.who(), self.port)
    }
}

pub(super) fn listeners(answer: &Answer<'_>) -> Fact<Vec<Listener>> {
    match answer.said("listeners", "ss") {
        Fact::Known(said) => Fact::Known(said.lines().filter_map(by_ss).take(MOST).collect()),
        Fact::Unknown(reason) => {
            let mut lines = answer.lines("sockets").peekable();
            if lines.peek().is_none() {
                return Fact::Unknown(reason);
            }
            Fact::Known(lines.filter_map(by_proc).take(MOST).collect())
        }
    }
}

/// Reads a line of `ss -Hlntup`: `tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))`.
fn by_ss(line: &str) -> Option<Listener> {
    let mut words = line.split_whitespace();
    let protocol = match words.next()? {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        _ => return None,
    };
    let (address, port) = words.nth(3)?.rsplit_once(':')?;
    // `127.0.0.53%lo`, `[::1]`, `*`.
    let address = address.split('%').next()?.trim_matches(['[', ']']);
    let address = if address == "*" {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    } else {
        address.parse().ok()?
    };
    let program = line
        .split_once("((\"")
        .and_then(|(_, rest)| rest.split('"').next())
        .map(kept);
    Some(Listener {
        protocol,
        address,
        port: port.parse().ok()?,
        program,
    })
}

/// Reads a line of `/proc/net/tcp` and the like: `FILE: 0: ADDRESS:PORT ADDRESS:PORT STATE ...`, all in hexadecimal.
fn by_proc(line: &str) -> Option<Listener> {
    let (file, line) = line.split_once(':')?;
    let (protocol, listening) = match file.rsplit('/').next()? {
        "tcp" | "tcp6" => (Protocol::Tcp, "0A"),
        "udp" | "udp6" => (Protocol::Udp, "07"),
        _ => return None,
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    if *words.get(3)? != listening {
        return None;
    }
    let (address, port) = words.get(1)?.split_once(':')?;
    Some(Listener {
        protocol,
        address: hexadecimal(address)?,
        port: u16::from_str_radix(port, 16).ok()?,
        program: None,
    })
}

/// The kernel writes an address as numbers of four bytes in the order of the machine: here the little end first.
fn hexadecimal(text: &str) -> Option<IpAddr> {
    let words: Option<Vec<u32>> = text
        .as_bytes()
        .chunks(8)
        .map(|chunk| u32::from_str_radix(std::str::from_utf8(chunk).ok()?, 16).ok())
        .collect();
    let bytes: Vec<u8> = words?.into_iter().flat_map(u32::to_le_bytes).collect();
    match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => Some(Ipv4Addr::from(four).into()),
        Err(_) => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?).into()),
    }
}
