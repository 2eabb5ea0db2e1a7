//! With what to sign in to a server, and how to know that it is the right one.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::SecretString;

use super::{Consult, HostError, Jump};

/// How to sign in over SSH, and which host keys to accept. What is not said here is taken from ssh_config, and then from
/// OpenSSH's usual values.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The ssh_config that is read.
    pub config: ConfigFile,
    /// The servers to go through.
    pub jump: Option<Jump>,
    /// Private keys to try first; one that can't be used is an error. With them, those of ssh_config and the usual ones
    /// are not looked at.
    pub identities: Vec<PathBuf>,
    /// Whether the keys of the agent may be used.
    pub agent: bool,
    /// The login password of the machine itself, tried after the keys.
    pub password: Option<SecretString>,
    /// What encrypted private keys are opened with.
    pub passphrase: Option<SecretString>,
    /// The password for sudo; where there is none, `password` is used.
    pub sudo_password: Option<SecretString>,
    /// The known_hosts files; files that do not exist are passed over.
    pub known_hosts: Option<Vec<PathBuf>>,
    /// The one host key of the machine to accept; known_hosts files are then not looked at.
    pub host_key: Option<Fingerprint>,
    /// The time for resolving the name, connecting, the handshake and signing in together; for each server on the way
    /// anew.
    pub connect_timeout: Option<Duration>,
    /// What the operator has answered so far.
    pub answers: Answers,
    /// Whom to tell and to ask.
    pub consult: Consult,
}

/// Which ssh_config is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ConfigFile {
    /// `~/.ssh/config`, then `/etc/ssh/ssh_config`.
    #[default]
    Usual,
    /// This one alone; in text its path.
    File(PathBuf),
    /// None; in text `none`.
    None,
}

impl From<PathBuf> for ConfigFile {
    fn from(path: PathBuf) -> Self {
        if path.as_os_str() == "none" {
            Self::None
        } else {
            Self::File(path)
        }
    }
}

/// What the operator has answered to an error, for the next try.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Host keys that were said to be right, with the server's name as in known_hosts.
    pub host_keys: Vec<(String, Fingerprint)>,
    /// Login passwords by server, as in the `host` of errors.
    pub passwords: HashMap<String, SecretString>,
    /// Passphrases by key file; `None`: there is none to be had.
    pub passphrases: HashMap<PathBuf, Option<SecretString>>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            config: ConfigFile::default(),
            jump: None,
            identities: Vec::new(),
            agent: true,
            password: None,
            passphrase: None,
            sudo_password: None,
            known_hosts: None,
            host_key: None,
            connect_timeout: None,
            answers: Answers::default(),
            consult: Consult::default(),
        }
    }
}

/// `~/.ssh` of the operator.
#[cfg(feature = "ssh")]
pub(super) fn ssh_directory() -> Option<PathBuf> {
    std::env::home_dir()
        .filter(|home| home.is_absolute())
        .map(|home| home.join(".ssh"))
}

/// The SHA-256 fingerprint of a host key as OpenSSH shows it: `SHA256:` and unpadded base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl FromStr for Fingerprint {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        text.strip_prefix("SHA256:")
            .map(|rest| rest.trim_end_matches('='))
            .filter(|rest| {
                STANDARD_NO_PAD
                    .decode(rest)
                    .is_ok_and(|digest| digest.len() == 32)
            })
            .map(|rest| Self(format!("SHA256:{rest}")))
            .ok_or_else(|| HostError::BadFingerprint {
                text: text.to_owned(),
            })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_ssh_keygen_shows_it() {
        let text = "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM";
        assert_eq!(text.parse::<Fingerprint>().unwrap().to_string(), text);
        assert_eq!(
            format!("{text}=")
                .parse::<Fingerprint>()
                .unwrap()
                .to_string(),
            text
        );
    }

    #[test]
    fn what_is_no_sha256_fingerprint_is_refused() {
        for text in [
            "",
            "SHA256:",
            "SHA256:abc",
            "MD5:00:11",
            "Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM",
            "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8Gz!M",
        ] {
            assert!(text.parse::<Fingerprint>().is_err(), "{text}");
        }
    }

    #[test]
    fn passwords_do_not_show_in_debug_output() {
        let sign_in = SignIn {
            password: Some("hunter2".into()),
            sudo_password: Some("hunter3".into()),
            ..SignIn::default()
        };
        assert!(!format!("{sign_in:?}").contains("hunter"));
    }
}
