//! Whether the server that answers is the right one.

use std::time::SystemTime;

use russh::keys::{Algorithm, Certificate, EcdsaCurve, HashAlg, PublicKey, PublicKeyBase64 as _};

use super::super::known_hosts::{KnownHosts, NewKey, Verdict, remember};
use super::super::ssh_config::Strict;
use super::super::{Consult, Fingerprint, HostError};
use super::certificate::objection;
use super::route::{Hop, KeyCheck};

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
    wanted: KeyCheck,
    known: KnownHosts,
    /// By the server's name without its port. OpenSSH takes a key for known that is known so.
    without_port: KnownHosts,
    consult: Consult,
}

impl HostKeyCheck {
    /// Reads what is known of a server.
    pub(super) async fn read(hop: &Hop) -> Result<Self, HostError> {
        let wanted = hop.key_check.clone();
        let pinned = wanted.pin.is_some();
        let reading = tokio::task::spawn_blocking(move || {
            let load = |name: &str| match pinned {
                true => Ok(KnownHosts::default()),
                false => KnownHosts::load(&wanted.files, name),
            };
            let known = load(&wanted.name)?;
            let without_port = wanted.without_port.as_deref().map(load).transpose()?;
            Ok((wanted, known, without_port.unwrap_or_default()))
        });
        let (wanted, known, without_port) =
            reading.await.map_err(|error| HostError::Handshake {
                host: hop.label.clone(),
                reason: error.to_string(),
            })??;
        Ok(Self {
            label: hop.label.clone(),
            wanted,
            known,
            without_port,
            consult: hop.consult.clone(),
        })
    }

    /// The types of keys to ask the server for: those first of which a key is known.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        let known: Vec<&str> = self.known.key_types().collect();
        let mut algorithms = ALGORITHMS.to_vec();
        // A stable sort: the order within each half stays.
        algorithms.sort_by_key(|algorithm| !known.contains(&algorithm.as_str()));
        algorithms
    }

    /// The types of keys to ask the server for with a certificate, before all without: where an
    /// authority is known for the host.
    pub(super) fn certificates(&self) -> Vec<Algorithm> {
        match self.known.authorities().next() {
            Some(_) => ALGORITHMS.to_vec(),
            None => Vec::new(),
        }
    }

    pub(super) fn check(&self, key: &PublicKey) -> Result<(), HostError> {
        let host = self.label.clone();
        let algorithm = key.algorithm().as_str().to_owned();
        let fingerprint = fingerprint(key)?;
        match &self.wanted.pin {
            Some(pin) if *pin == fingerprint => return Ok(()),
            Some(pin) => {
                return Err(HostError::PinMismatch {
                    host,
                    algorithm,
                    fingerprint,
                    wanted: pin.clone(),
                });
            }
            None => {}
        }
        let bytes = key.public_key_bytes();
        match self.known.check(&algorithm, &bytes) {
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
            Verdict::Unknown { .. } if self.wanted.said_yes.contains(&fingerprint) => Ok(()),
            Verdict::Unknown { other } => match self.without_port.check(&algorithm, &bytes) {
                Verdict::Known => Ok(()),
                Verdict::Revoked(place) => Err(HostError::RevokedHostKey {
                    host,
                    fingerprint,
                    place,
                }),
                _ => Err(HostError::UnknownHostKey {
                    host,
                    new: NewKey {
                        name: self.wanted.name.clone(),
                        key: format!("{algorithm} {}", key.public_key_base64()),
                        file: self.wanted.remember_in.clone(),
                        hashed: self.wanted.hashed,
                    },
                    algorithm,
                    fingerprint,
                    strict: self.wanted.strict == Strict::Yes,
                    other,
                }),
            },
        }
    }

    /// Whether a certificate proves that the server is the right one. Where it does not, its key may
    /// be known by itself.
    pub(super) fn check_certificate(&self, certificate: &Certificate) -> Result<(), HostError> {
        let key = PublicKey::new(certificate.public_key().clone(), "");
        let authority = PublicKey::new(certificate.signature_key().clone(), "");
        let host = || self.label.clone();
        for revoked in [&key, &authority] {
            if let Some(place) = self.known.revoked(&revoked.public_key_bytes()) {
                return Err(HostError::RevokedHostKey {
                    host: host(),
                    fingerprint: fingerprint(revoked)?,
                    place: place.clone(),
                });
            }
        }
        let bytes = authority.public_key_bytes();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let reason = if self.known.authorities().any(|known| known == bytes) {
            let now = now.map_or(0, |now| now.as_secs());
            objection(certificate, &self.wanted.principal, now)
        } else {
            Some(format!(
                "it is signed by {}, which is no authority that known_hosts has for this host",
                fingerprint(&authority)?
            ))
        };
        let Some(reason) = reason else {
            return Ok(());
        };
        match self.check(&key) {
            Ok(()) => Ok(()),
            Err(HostError::UnknownHostKey { fingerprint, .. }) => {
                Err(HostError::BadHostCertificate {
                    host: host(),
                    fingerprint,
                    reason,
                })
            }
            Err(other) => Err(other),
        }
    }

    /// Remembers a key that ssh_config lets through when it is new (`accept-new`), and says so.
    pub(super) async fn accept_new(&self, error: HostError) -> Result<(), HostError> {
        let HostError::UnknownHostKey {
            host,
            algorithm,
            fingerprint,
            new,
            other,
            ..
        } = &error
        else {
            return Err(error);
        };
        if self.wanted.strict != Strict::AcceptNew || !other.is_empty() {
            return Err(error);
        }
        let remembering = new.clone();
        let remembered = tokio::task::spawn_blocking(move || remember(&remembering)).await;
        if let Ok(result) = remembered {
            result?;
        }
        self.consult.tell(&format!(
            "the host key of {host} was not known and is remembered: {algorithm} {fingerprint} (StrictHostKeyChecking accept-new)"
        ));
        Ok(())
    }
}

fn fingerprint(key: &PublicKey) -> Result<Fingerprint, HostError> {
    key.fingerprint(HashAlg::Sha256).to_string().parse()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::super::ssh_config::SshConfig;
    use super::super::super::{Address, SignIn};
    use super::super::route::route;
    use super::*;

    const ED25519: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2pr+Bfus1hvPof4Wb/plZCzSbqadHH0u+/f4ODtKnE";

    /// Given a known_hosts file of this text, or a pin, when `host` is connected to.
    async fn given(known_hosts: &str, pin: Option<&str>) -> HostKeyCheck {
        given_at("ssh://u@host", known_hosts, pin).await
    }

    async fn given_at(address: &str, known_hosts: &str, pin: Option<&str>) -> HostKeyCheck {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, known_hosts).unwrap();
        let sign_in = SignIn {
            known_hosts: Some(vec![file]),
            host_key: pin.map(|pin| pin.parse().unwrap()),
            ..SignIn::default()
        };
        let Ok(Address::Ssh(address)) = address.parse() else {
            unreachable!("an SSH address")
        };
        let hops = route(&address, &sign_in, &SshConfig::default()).unwrap();
        HostKeyCheck::read(&hops[0]).await.unwrap()
    }

    fn key() -> PublicKey {
        PublicKey::from_openssh(ED25519).unwrap()
    }

    #[tokio::test]
    async fn only_the_known_key_is_let_through() {
        let check = async |known_hosts: &str| given(known_hosts, None).await.check(&key());
        check(&format!("host {ED25519}")).await.unwrap();
        let unknown = check("").await.unwrap_err();
        assert!(matches!(unknown, HostError::UnknownHostKey { new, .. } if new.key == ED25519));
        let changed = check(&format!("host {OTHER}")).await.unwrap_err();
        assert!(matches!(changed, HostError::ChangedHostKey { known, .. } if known.line == 1));
        let revoked = check(&format!("host {ED25519}\n@revoked * {ED25519}"))
            .await
            .unwrap_err();
        assert!(matches!(revoked, HostError::RevokedHostKey { place, .. } if place.line == 2));
    }

    #[tokio::test]
    async fn a_pin_decides_alone() {
        let fingerprint = |key: &str| {
            PublicKey::from_openssh(key)
                .unwrap()
                .fingerprint(HashAlg::Sha256)
                .to_string()
        };
        given("", Some(&fingerprint(ED25519)))
            .await
            .check(&key())
            .unwrap();
        let error = given(&format!("host {ED25519}"), Some(&fingerprint(OTHER)))
            .await
            .check(&key())
            .unwrap_err();
        assert!(matches!(error, HostError::PinMismatch { .. }), "{error}");
    }

    #[tokio::test]
    async fn types_that_are_known_are_asked_for_first_and_rsa_never() {
        let ecdsa = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY=";
        let asked = async |known_hosts: &str| -> Vec<String> {
            let algorithms = given(known_hosts, None).await.algorithms();
            algorithms
                .iter()
                .map(|algorithm| algorithm.as_str().to_owned())
                .collect()
        };
        assert_eq!(asked("").await[..2], ["ssh-ed25519", "ecdsa-sha2-nistp256"]);
        assert_eq!(
            asked(&format!("host {ecdsa}")).await[..2],
            ["ecdsa-sha2-nistp256", "ssh-ed25519"]
        );
        assert!(
            asked("")
                .await
                .iter()
                .all(|name| name.starts_with("ssh-ed25519") || name.starts_with("ecdsa-"))
        );
    }

    #[tokio::test]
    async fn a_key_that_is_known_without_the_port_is_known_as_openssh_has_it() {
        let check = async |known_hosts: &str| {
            let check = given_at("ssh://u@host:2222", known_hosts, None).await;
            check.check(&key())
        };
        check(&format!("host {ED25519}")).await.unwrap();
        check(&format!("[host]:2222 {ED25519}")).await.unwrap();
        for other in [format!("host {OTHER}"), format!("[host]:22 {ED25519}")] {
            let error = check(&other).await.unwrap_err();
            assert!(matches!(error, HostError::UnknownHostKey { .. }), "{other}");
        }
        let both = format!("[host]:2222 {OTHER}\nhost {ED25519}");
        let error = check(&both).await.unwrap_err();
        assert!(matches!(error, HostError::ChangedHostKey { .. }), "{error}");
    }

    #[tokio::test]
    async fn certificates_are_asked_for_where_an_authority_is_known_for_the_host() {
        for (known_hosts, asked) in [
            (format!("host {ED25519}"), false),
            (format!("@cert-authority *.example.org {ED25519}"), false),
            (format!("@cert-authority h* {ED25519}"), true),
        ] {
            let certificates = given(&known_hosts, None).await.certificates();
            assert_eq!(!certificates.is_empty(), asked, "{known_hosts}");
        }
    }
}
