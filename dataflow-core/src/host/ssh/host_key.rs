//! Whether the server that answers is the right one.

use std::fmt;

use russh::client::{self, DisconnectReason};
use russh::keys::{
    Algorithm, EcdsaCurve, HashAlg, PublicKey, PublicKeyBase64 as _, PublicKeyOrCertificate,
};

use super::super::known_hosts::{KnownHosts, Verdict};
use super::super::output::escape;
use super::super::{Fingerprint, HostError, SignIn, SshAddress};
use super::Ending;

/// The types of host keys that can be verified, best first. RSA is missing on purpose: the SSH
/// library is built without it, as its implementation of RSA leaks timing (RUSTSEC-2023-0071);
/// every OpenSSH server since 6.5 has an Ed25519 key too.
const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP256,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP384,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP521,
    },
];

/// What is known of the server's key.
pub(super) struct HostKeyCheck {
    label: String,
    trust: Trust,
}

enum Trust {
    Pin(Fingerprint),
    Files(KnownHosts),
}

impl HostKeyCheck {
    pub(super) fn new(
        address: &SshAddress,
        label: &str,
        sign_in: &SignIn,
    ) -> Result<Self, HostError> {
        let trust = match &sign_in.host_key {
            Some(pin) => Trust::Pin(pin.clone()),
            None => Trust::Files(KnownHosts::load(
                &sign_in.known_hosts,
                &address.known_hosts_name(),
            )?),
        };
        Ok(Self {
            label: label.to_owned(),
            trust,
        })
    }

    /// The types of keys to ask the server for: those first of which a key is known.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        let known: Vec<&str> = match &self.trust {
            Trust::Pin(_) => Vec::new(),
            Trust::Files(files) => files.key_types().collect(),
        };
        let mut algorithms = ALGORITHMS.to_vec();
        // A stable sort: the order within each half stays.
        algorithms.sort_by_key(|algorithm| !known.contains(&algorithm.as_str()));
        algorithms
    }

    fn check(&self, key: &PublicKey) -> Result<(), HostError> {
        let host = self.label.clone();
        let algorithm = key.algorithm().as_str().to_owned();
        let fingerprint: Fingerprint = key.fingerprint(HashAlg::Sha256).to_string().parse()?;
        let known = match &self.trust {
            Trust::Pin(pin) if *pin == fingerprint => return Ok(()),
            Trust::Pin(pin) => {
                return Err(HostError::PinMismatch {
                    host,
                    algorithm,
                    fingerprint,
                    wanted: pin.clone(),
                });
            }
            Trust::Files(known) => known,
        };
        match known.check(&algorithm, &key.public_key_bytes()) {
            Verdict::Known => Ok(()),
            Verdict::Revoked(place) => Err(HostError::RevokedHostKey {
                host,
                fingerprint,
                place,
            }),
            Verdict::Changed(known) => Err(HostError::ChangedHostKey {
                host,
                algorithm,
                fingerprint,
                known,
            }),
            Verdict::Unknown { other } => {
                let key = format!("{algorithm} {}", key.public_key_base64());
                Err(HostError::UnknownHostKey {
                    host,
                    algorithm,
                    fingerprint,
                    key,
                    other,
                })
            }
        }
    }
}

/// This program's side of a session, as the library calls it.
pub(super) struct Client {
    check: HostKeyCheck,
    ending: Ending,
}

impl Client {
    pub(super) fn new(check: HostKeyCheck, ending: Ending) -> Self {
        Self { check, ending }
    }
}

/// Why a session failed: by what was found here, or by what the library says.
pub(super) enum Failure {
    Host(Box<HostError>),
    Ssh(russh::Error),
}

impl From<russh::Error> for Failure {
    fn from(error: russh::Error) -> Self {
        Self::Ssh(error)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => fmt::Display::fmt(error, f),
            Self::Ssh(error) => fmt::Display::fmt(error, f),
        }
    }
}

/// Whether the connection just ended, without a word.
fn is_end(error: &russh::Error) -> bool {
    match error {
        russh::Error::Disconnect | russh::Error::HUP => true,
        russh::Error::IO(error) => error.kind() == std::io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

impl client::Handler for Client {
    type Error = Failure;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Failure> {
        match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => self
                .check
                .check(key)
                .map(|()| true)
                .map_err(|error| Failure::Host(Box::new(error))),
            // Never asked for.
            PublicKeyOrCertificate::Certificate(_) => Ok(false),
        }
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Failure>) -> Result<(), Failure> {
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                self.ending
                    .set(format!("the server said: {}", escape(&info.message)));
                Ok(())
            }
            DisconnectReason::Error(failure) => {
                self.ending.set(match &failure {
                    Failure::Ssh(russh::Error::KeepaliveTimeout) => {
                        "the server stopped answering".to_owned()
                    }
                    Failure::Ssh(error) if is_end(error) => {
                        "the server closed the connection".to_owned()
                    }
                    other => escape(&format!("{other:?}")),
                });
                Err(failure)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2pr+Bfus1hvPof4Wb/plZCzSbqadHH0u+/f4ODtKnE";

    /// Given a known_hosts file of this text, or a pin, when `host` is connected to.
    fn given(known_hosts: &str, pin: Option<&str>) -> HostKeyCheck {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, known_hosts).unwrap();
        let sign_in = SignIn {
            known_hosts: vec![file],
            host_key: pin.map(|pin| pin.parse().unwrap()),
            ..SignIn::default()
        };
        let address = SshAddress {
            user: None,
            host: "host".into(),
            port: 22,
        };
        HostKeyCheck::new(&address, "u@host", &sign_in).unwrap()
    }

    fn key() -> PublicKey {
        PublicKey::from_openssh(ED25519).unwrap()
    }

    #[test]
    fn only_the_known_key_is_let_through() {
        given(&format!("host {ED25519}"), None)
            .check(&key())
            .unwrap();
        let check = |known_hosts: String| given(&known_hosts, None).check(&key()).unwrap_err();
        assert!(
            matches!(check(String::new()), HostError::UnknownHostKey { key, .. } if key == ED25519)
        );
        assert!(
            matches!(check(format!("host {OTHER}")), HostError::ChangedHostKey { known, .. } if known.line == 1)
        );
        let revoked = check(format!("host {ED25519}\n@revoked * {ED25519}"));
        assert!(matches!(revoked, HostError::RevokedHostKey { place, .. } if place.line == 2));
    }

    #[test]
    fn a_pin_decides_alone() {
        let fingerprint = |key: &str| {
            PublicKey::from_openssh(key)
                .unwrap()
                .fingerprint(HashAlg::Sha256)
                .to_string()
        };
        given("", Some(&fingerprint(ED25519)))
            .check(&key())
            .unwrap();
        let error = given(&format!("host {ED25519}"), Some(&fingerprint(OTHER)))
            .check(&key())
            .unwrap_err();
        assert!(matches!(error, HostError::PinMismatch { .. }), "{error}");
    }

    #[test]
    fn types_that_are_known_are_asked_for_first_and_rsa_never() {
        let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY=";
        let asked = |known_hosts: &str| -> Vec<String> {
            let algorithms = given(known_hosts, None).algorithms();
            algorithms
                .iter()
                .map(|algorithm| algorithm.as_str().to_owned())
                .collect()
        };
        assert_eq!(asked("")[..2], ["ssh-ed25519", "ecdsa-sha2-nistp256"]);
        assert_eq!(
            asked(&format!("host {ecdsa}"))[..2],
            ["ecdsa-sha2-nistp256", "ssh-ed25519"]
        );
        assert!(
            asked("")
                .iter()
                .all(|name| name.starts_with("ssh-ed25519") || name.starts_with("ecdsa-"))
        );
    }
}
