//! Private key files.

use std::path::Path;

use russh::keys::{self, Algorithm, PrivateKey, PublicKey};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use super::super::KeyProblem;

/// A key file that can't be used by itself; its public half, where that can be known, may be in the
/// agent.
pub(super) struct Unusable {
    pub(super) problem: KeyProblem,
    pub(super) public: Option<Box<PublicKey>>,
}

/// Reads a private key. Blocks: for the file, and for opening an encrypted key, which is slow by
/// design.
pub(super) fn load(path: &Path, passphrase: Option<&SecretString>) -> Result<PrivateKey, Unusable> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            return Err(Unusable {
                problem: KeyProblem::Unreadable(error.to_string()),
                public: None,
            });
        }
    };
    let problem = match keys::decode_secret_key(
        &text,
        passphrase.map(|passphrase| passphrase.expose_secret()),
    ) {
        Ok(key) => match key.algorithm() {
            Algorithm::Ed25519 | Algorithm::Ecdsa { .. } => return Ok(key),
            Algorithm::Rsa { .. } => KeyProblem::AgentOnly("RSA".into()),
            other => KeyProblem::AgentOnly(other.as_str().to_owned()),
        },
        Err(keys::Error::UnsupportedKeyType {
            key_type_string, ..
        }) => KeyProblem::AgentOnly(key_type_string),
        Err(_) if !text.contains("PRIVATE KEY-----") => KeyProblem::Malformed,
        Err(_) if is_encrypted(&text) && passphrase.is_none() => KeyProblem::Encrypted,
        Err(_) if is_encrypted(&text) => KeyProblem::WrongPassphrase,
        Err(_) => KeyProblem::Malformed,
    };
    Err(Unusable {
        problem,
        public: public_half(path, &text),
    })
}

fn is_encrypted(text: &str) -> bool {
    text.contains("BEGIN ENCRYPTED PRIVATE KEY")
        || text.contains("Proc-Type: 4,ENCRYPTED")
        || PrivateKey::from_openssh(text).is_ok_and(|key| key.is_encrypted())
}

/// From the file beside it, or from the private key file, where OpenSSH's own format has it in the
/// clear.
fn public_half(path: &Path, text: &str) -> Option<Box<PublicKey>> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".pub");
    let inside = || Some(PrivateKey::from_openssh(text).ok()?.public_key().clone());
    keys::load_public_key(beside)
        .ok()
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
        assert_eq!(problem(&["-t", "ecdsa", "-N", ""], None), None);
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
        assert_eq!(
            problem(&["-t", "rsa", "-b", "2048", "-N", ""], None),
            Some((KeyProblem::AgentOnly("RSA".into()), true))
        );
        assert_eq!(
            problem(&["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""], None),
            Some((KeyProblem::AgentOnly("RSA".into()), false))
        );
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
