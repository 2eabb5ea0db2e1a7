//! Where a machine is and how to sign in to it.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;

/// Where a machine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// This machine.
    Local,
    /// A machine reached over SSH.
    Ssh(SshAddress),
}

/// Where an SSH server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshAddress {
    /// The login name; `None` stands for the operator's own.
    pub user: Option<String>,
    /// Host name or IP address, an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl FromStr for Address {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let bad = |reason| HostError::BadAddress {
            address: text.to_owned(),
            reason,
        };
        if text == "local" {
            return Ok(Self::Local);
        }
        let rest = text
            .strip_prefix("ssh://")
            .ok_or_else(|| bad("it is neither \"local\" nor starts with ssh://"))?;
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user.to_owned()), rest),
            None => (None, rest),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (
                host,
                port.parse().map_err(|_| bad("the port is not a number"))?,
            ),
            None => (rest, 22),
        };
        Ok(Self::Ssh(SshAddress {
            user,
            host: host.to_owned(),
            port,
        }))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Ssh(ssh) => {
                f.write_str("ssh://")?;
                if let Some(user) = &ssh.user {
                    write!(f, "{user}@")?;
                }
                f.write_str(&ssh.host)?;
                if ssh.port != 22 {
                    write!(f, ":{}", ssh.port)?;
                }
                Ok(())
            }
        }
    }
}

/// How to sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Private key files.
    pub identities: Vec<PathBuf>,
    /// Whether the agent is asked.
    pub agent: bool,
    /// The login password.
    pub password: Option<SecretString>,
    /// The passphrase of the key files.
    pub passphrase: Option<SecretString>,
    /// The password for sudo.
    pub sudo_password: Option<SecretString>,
    /// Files of known host keys.
    pub known_hosts: Vec<PathBuf>,
    /// The only host key that is accepted.
    pub host_key: Option<Fingerprint>,
    /// How long a connection may take.
    pub connect_timeout: Duration,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            identities: Vec::new(),
            agent: true,
            password: None,
            passphrase: None,
            sudo_password: None,
            known_hosts: Vec::new(),
            host_key: None,
            connect_timeout: Duration::from_secs(10),
        }
    }
}

/// The SHA-256 of a host key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl FromStr for Fingerprint {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        if text.starts_with("SHA256:") && text.len() == 50 {
            Ok(Self(text.to_owned()))
        } else {
            Err(HostError::BadFingerprint {
                text: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with an address or a fingerprint.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Not an address.
    #[error("{address:?} is not the address of a machine: {reason}")]
    BadAddress {
        /// What was given.
        address: String,
        /// Why not.
        reason: &'static str,
    },
    /// Not a fingerprint.
    #[error("{text:?} is not the SHA-256 fingerprint of a host key")]
    BadFingerprint {
        /// What was given.
        text: String,
    },
}

impl crate::Explain for HostError {
    fn kind(&self) -> crate::Kind {
        crate::Kind::Usage
    }

    fn next_step(&self) -> String {
        match self {
            Self::BadAddress { .. } => {
                "Give the machine as local or as ssh://user@host:port.".into()
            }
            Self::BadFingerprint { .. } => "Give it as ssh-keygen -l shows it.".into(),
        }
    }
}
