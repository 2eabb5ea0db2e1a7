//! Private key files.

use std::path::Path;

use russh::keys::{self, Algorithm, PrivateKey, PublicKey};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use super::super::KeyProblem;
use super::rsa::RsaKey;

/// A private key that can be signed with.
pub(super) enum Key {
    Plain(Box<PrivateKey>),
    Rsa(Box<RsaKey>),
}

/// A key file that can't be used by itself; its public half, where that can be known, may be in the
/// agent.
pub(super) struct Unusable {
    pub(super) problem: KeyProblem,
    pub(super) public: Option<Box<PublicKey>>,
}

/// Reads a private key. One ECDSA key in 256 on the curve P-256 is not read from OpenSSH's format: where its number begins
/// with a zero byte, the library takes it for malformed. It works through the agent. Blocks: for the file, and for opening an encrypted key, which is slow by
/// design.
pub(super) fn load(path: &Path, passphrase: Option<&SecretString>) -> Result<Key, Unusable> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            return Err(Unusable {
                problem: KeyProblem::Unreadable(error.to_string()),
                public: public_half(path, ""),
            });
        }
    };
    let passphrase = passphrase.map(|passphrase| passphrase.expose_secret());
    read(&text, passphrase).map_err(|problem| Unusable {
        problem,
        public: public_half(path, &text),
    })
}

fn read(text: &str, passphrase: Option<&str>) -> Result<Key, KeyProblem> {
    match keys::decode_secret_key(text, passphrase) {
        Ok(key) => match (key.algorithm(), RsaKey::from_openssh(&key)) {
            (_, Some(rsa)) => rsa.map(Box::new).map(Key::Rsa),
            (Algorithm::Ed25519 | Algorithm::Ecdsa { .. }, _) => Ok(Key::Plain(Box::new(key))),
            (other, _) => Err(KeyProblem::AgentOnly(other.as_str().to_owned())),
        },
        Err(keys::Error::UnsupportedKeyType {
            key_type_string, ..
        }) if key_type_string != "RSA" => Err(KeyProblem::AgentOnly(key_type_string)),
        // The library passes over RSA in PEM files.
        Err(keys::Error::UnsupportedKeyType { .. } | keys::Error::UnknownAlgorithm(_)) => {
            RsaKey::from_pem(text, passphrase)
                .unwrap_or(Err(KeyProblem::Malformed))
                .map(Box::new)
                .map(Key::Rsa)
        }
        Err(_) if !text.contains("PRIVATE KEY-----") => Err(KeyProblem::Malformed),
        Err(_) if is_encrypted(text) && passphrase.is_none() => Err(KeyProblem::Encrypted),
        Err(_) if is_encrypted(text) => Err(KeyProblem::WrongPassphrase),
        Err(_) => Err(KeyProblem::Malformed),
    }
}

fn is_encrypted(text: &str) -> bool {
    text.contains("BEGIN ENCRYPTED PRIVATE KEY")
        || text.contains("Proc-Type: 4,ENCRYPTED")
        || PrivateKey::from_openssh(text).is_ok_and(|key| key.is_encrypted())
}

/// From the file beside it, or from the private key file, where OpenSSH's own format has it in the
/// clear. A file may be a public half itself: the agent has the other then.
fn public_half(path: &Path, text: &str) -> Option<Box<PublicKey>> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    let inside = || Some(PrivateKey::from_openssh(text).ok()?.public_key().clone());
    let itself = PublicKey::from_openssh(text).ok();
    itself
        .or_else(|| keys::load_public_key(beside).ok())
        .or_else(inside)
        .map(Box::new)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::process::Command;

    /// Given a key made by `ssh-keygen` (of the package openssh-client, which the tests need), when
    /// it is read, then it is usable or this is the problem.
    fn problem(arguments: &[&str], passphrase: Option<&str>) -> Option<(KeyProblem, bool)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-f"])
            .arg(&path)
            .args(arguments)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        std::fs::remove_file(directory.path().join("key.pub")).unwrap();
        let unusable = load(&path, passphrase.map(SecretString::from).as_ref()).err()?;
        Some((unusable.problem, unusable.public.is_some()))
    }

    #[test]
    fn what_ssh_keygen_makes_is_read_or_told_apart() {
        assert_eq!(problem(&["-t", "ed25519", "-N", ""], None), None);
        assert_eq!(problem(&["-t", "ecdsa", "-b", "384", "-N", ""], None), None);
        assert_eq!(
            problem(&["-t", "ed25519", "-a", "1", "-N", "right"], Some("right")),
            None
        );
        assert_eq!(
            problem(&["-t", "ed25519", "-a", "1", "-N", "right"], Some("wrong")),
            Some((KeyProblem::WrongPassphrase, true))
        );
        assert_eq!(
            problem(&["-t", "ed25519", "-a", "1", "-N", "right"], None),
            Some((KeyProblem::Encrypted, true))
        );
        for form in ["RFC4716", "PEM", "PKCS8"] {
            let rsa = |passphrase| ["-t", "rsa", "-b", "2048", "-m", form, "-N", passphrase];
            assert_eq!(problem(&rsa(""), None), None, "{form}");
            assert_eq!(problem(&rsa("right"), Some("right")), None, "{form}");
            let found = |passphrase| problem(&rsa("right"), passphrase).map(|(problem, _)| problem);
            assert_eq!(found(None), Some(KeyProblem::Encrypted), "{form}");
            assert_eq!(
                found(Some("wrong")),
                Some(KeyProblem::WrongPassphrase),
                "{form}"
            );
        }
        let small = problem(&["-t", "rsa", "-b", "1024", "-N", ""], None);
        assert_eq!(small, Some((KeyProblem::Rejected("TooSmall".into()), true)));
    }

    #[test]
    fn what_is_no_key_is_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        assert!(matches!(
            load(&path, None).err().unwrap().problem,
            KeyProblem::Unreadable(_)
        ));
        std::fs::write(&path, "ssh-ed25519 AAAA").unwrap();
        assert_eq!(
            load(&path, None).err().unwrap().problem,
            KeyProblem::Malformed
        );
    }
}
