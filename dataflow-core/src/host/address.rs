//! Where a machine is: `local`, or `ssh://[user@]host[:port]`.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use super::HostError;

/// The port of SSH where an address names none.
pub(super) const SSH_PORT: u16 = 22;

/// A machine to work on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// The machine this program runs on.
    Local,
    /// A machine reached over SSH.
    Ssh(SshAddress),
}

/// The address of an SSH server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SshAddress {
    /// The login user; `None` stands for the name of the operator's own login.
    pub user: Option<String>,
    /// A host name or an IP address; an IPv6 address without brackets.
    pub host: String,
    /// The TCP port, where one is given; without it that of ssh_config, or 22.
    pub port: Option<u16>,
}

impl SshAddress {
    /// The name to sign in with: the one given, or else the operator's own login name.
    ///
    /// # Errors
    /// [`HostError::BadAddress`] when none is given and the environment does not say who the
    /// operator is.
    pub fn login(&self) -> Result<String, HostError> {
        if let Some(user) = &self.user {
            return Ok(user.clone());
        }
        ["USER", "LOGNAME"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|name| is_user_name(name))
            .or_else(|| {
                rustix::process::geteuid()
                    .is_root()
                    .then(|| "root".to_owned())
            })
            .ok_or_else(|| HostError::BadAddress {
                address: self.to_string(),
                reason: "it names no user, and neither USER nor LOGNAME says who signs in",
            })
    }

    /// The name under which a known_hosts file lists this server: the host in lower case, with port
    /// other than 22 as `[host]:port`.
    #[must_use]
    pub fn known_hosts_name(&self) -> String {
        known_hosts_name(&self.host, self.port.unwrap_or(SSH_PORT))
    }
}

/// The name under which a known_hosts file lists a server.
pub(super) fn known_hosts_name(host: &str, port: u16) -> String {
    let host = host.to_lowercase();
    if port == SSH_PORT {
        host
    } else {
        format!("[{host}]:{port}")
    }
}

impl FromStr for Address {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let bad = |reason| HostError::BadAddress {
            address: without_password(text),
            reason,
        };
        if text == "local" {
            return Ok(Self::Local);
        }
        let rest = text
            .strip_prefix("ssh://")
            .ok_or_else(|| bad("it is neither \"local\" nor starts with ssh://"))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        server(rest).map(Self::Ssh).map_err(bad)
    }
}

/// Reads `[user@]host[:port]`.
fn server(text: &str) -> Result<SshAddress, &'static str> {
    let (user, rest) = match text.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => {
            return Err("a password does not belong into an address");
        }
        Some((user, rest)) if is_user_name(user) => (Some(user.to_owned()), rest),
        Some(_) => {
            return Err("the user name is empty or has characters that a login name can't have");
        }
        None => (None, text),
    };
    let (host, port) = split_port(rest)?;
    Ok(SshAddress {
        user,
        host: host.to_owned(),
        port,
    })
}

/// The servers to go through on the way to another, in order: `[user@]host[:port]`, with commas between, or `none`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jump(pub Vec<SshAddress>);

impl FromStr for Jump {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::default());
        }
        let hop = |text: &str| {
            let text = text.trim();
            let rest = text.strip_prefix("ssh://").unwrap_or(text);
            server(rest.strip_suffix('/').unwrap_or(rest))
        };
        text.split(',')
            .map(hop)
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|reason| HostError::BadAddress {
                address: without_password(text),
                reason,
            })
    }
}

/// An address as it may be shown: a password that somebody put into it is left out.
#[must_use]
pub fn without_password(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    let hidden = rest.rsplit_once('@').and_then(|(user, host)| {
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}{name}:...@{host}"))
    });
    hidden.unwrap_or_else(|| address.to_owned())
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), &'static str> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or("a bracket is not closed")?;
        host.parse::<Ipv6Addr>()
            .map_err(|_| "there is no IPv6 address in the brackets")?;
        match after.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if after.is_empty() => (host, None),
            None => return Err("after the bracket comes something other than :port"),
        }
    } else {
        match text.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err("an IPv6 address must stand in brackets");
            }
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        }
    };
    if !text.starts_with('[') && !is_host_name(host) {
        return Err("the host is empty or has characters that a host name can't have");
    }
    let port = match port {
        None => None,
        // `parse` alone would accept a leading plus sign.
        Some(port) if !port.bytes().all(|b| b.is_ascii_digit()) => {
            return Err("the port is not a number");
        }
        Some(port) => match port.parse() {
            Ok(0) | Err(_) => return Err("the port is not a number from 1 to 65535"),
            Ok(port) => Some(port),
        },
    };
    Ok((host, port))
}

/// Letters, digits, dot, hyphen, underscore; not starting with a hyphen, so that it is never taken
/// for an option.
fn is_host_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

fn is_user_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '$' | '\\' | '@' | '+'))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Ssh(ssh) => ssh.fmt(f),
        }
    }
}

impl fmt::Display for SshAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ssh://")?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Jump {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (index, hop) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            f.write_str(hop.to_string().trim_start_matches("ssh://"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn ssh(user: Option<&str>, host: &str, port: Option<u16>) -> Address {
        Address::Ssh(SshAddress {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
        })
    }

    #[test]
    fn reads_what_an_address_may_be() {
        for (text, wanted) in [
            ("local", Address::Local),
            (
                "ssh://pbx@172.31.16.158",
                ssh(Some("pbx"), "172.31.16.158", None),
            ),
            (
                "ssh://data.example.org:2222",
                ssh(None, "data.example.org", Some(2222)),
            ),
            (
                "ssh://root@[2001:db8::1]:2200/",
                ssh(Some("root"), "2001:db8::1", Some(2200)),
            ),
            ("ssh://a@b@host", ssh(Some("a@b"), "host", None)),
        ] {
            assert_eq!(text.parse::<Address>().unwrap(), wanted, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else_and_says_why() {
        for (text, reason) in [
            ("", "neither"),
            ("172.31.16.158", "neither"),
            ("ssh://", "host is empty"),
            ("ssh://@host", "user name"),
            ("ssh://u:secret@host", "password"),
            ("ssh://-oProxyCommand=x", "host is empty or"),
            ("ssh://host:", "port"),
            ("ssh://host:+22", "not a number"),
            ("ssh://host:0", "1 to 65535"),
            ("ssh://host:65536", "1 to 65535"),
            ("ssh://2001:db8::1", "brackets"),
            ("ssh://[2001:db8::1", "not closed"),
            ("ssh://[host]", "no IPv6"),
            ("ssh://[::1]22", "other than :port"),
            ("ssh://ho st", "host name"),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn servers_on_the_way_are_read() {
        let hop = |user: Option<&str>, host: &str, port| SshAddress {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
        };
        for (text, wanted) in [
            ("none", vec![]),
            ("jump", vec![hop(None, "jump", None)]),
            (
                "a@one:2222, ssh://two/",
                vec![hop(Some("a"), "one", Some(2222)), hop(None, "two", None)],
            ),
        ] {
            assert_eq!(text.parse::<Jump>().unwrap(), Jump(wanted), "{text}");
        }
        for text in ["", "a,,b", "-oX", "a:b@c"] {
            assert!(text.parse::<Jump>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(user in proptest::option::of("[a-z][a-z0-9_.-]{0,8}"), host in "[a-z0-9][a-z0-9.-]{0,12}|::[1-9]", port in proptest::option::of(1u16..)) {
            let address = ssh(user.as_deref(), &host, port);
            prop_assert_eq!(address.to_string().parse::<Address>().unwrap(), address);
        }

        #[test]
        fn reading_never_panics(text in ".{0,40}") {
            let _ = format!("ssh://{text}").parse::<Address>();
        }
    }
}
