//! With what to sign in to a server, and how to know that it is the right one.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::SecretString;

use super::HostError;

/// How to sign in over SSH, and which host keys to accept.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Private keys to try, before the agent's other keys; one that can't be used is an error.
    /// Empty: the keys of the agent, then `~/.ssh/id_ed25519` and `~/.ssh/id_ecdsa` as far as they
    /// exist.
    pub identities: Vec<PathBuf>,
    /// Whether the keys of the agent at `SSH_AUTH_SOCK` may be used.
    pub agent: bool,
    /// The login password, tried after the keys.
    pub password: Option<SecretString>,
    /// What encrypted private keys are opened with.
    pub passphrase: Option<SecretString>,
    /// The password for sudo; where there is none, `password` is used.
    pub sudo_password: Option<SecretString>,
    /// The known_hosts files; files that do not exist are passed over.
    pub known_hosts: Vec<PathBuf>,
    /// The one host key to accept; known_hosts files are then not looked at.
    pub host_key: Option<Fingerprint>,
    /// The time for resolving the name, connecting, the handshake and signing in together.
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
            known_hosts: ssh_directory()
                .map(|directory| directory.join("known_hosts"))
                .into_iter()
                .chain([PathBuf::from("/etc/ssh/ssh_known_hosts")])
                .collect(),
            host_key: None,
            connect_timeout: Duration::from_secs(15),
        }
    }
}

impl SignIn {
    /// The password that sudo is given when it asks for one.
    pub(super) fn for_sudo(&self) -> Option<&SecretString> {
        self.sudo_password.as_ref().or(self.password.as_ref())
    }
}

/// `~/.ssh` of the operator.
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
