//! RSA keys from files.
//!
//! The SSH library's own RSA is left out of the build: the crate behind it leaks bits of a private
//! key through timing (RUSTSEC-2023-0071). What is here reads such a key and signs with `ring`,
//! whose time does not depend on the key.

use num_bigint::BigUint;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512};
use russh::Signer;
use russh::keys::agent::AgentIdentity;
use russh::keys::ssh_key::Mpint;
use russh::keys::ssh_key::private::{KeypairData, RsaKeypair};
use russh::keys::ssh_key::public::{KeyData, RsaPublicKey};
use russh::keys::{HashAlg, PrivateKey, PublicKey};
use secrecy::zeroize::Zeroizing;

use super::super::KeyProblem;
use super::pem::Block;

/// A private key that can sign.
pub(super) struct RsaKey {
    pair: KeyPair,
    public: PublicKey,
}

impl RsaKey {
    /// The key in a PEM file, in the form of PKCS#1 or PKCS#8; `None`: there is none.
    pub(super) fn from_pem(
        text: &str,
        passphrase: Option<&str>,
    ) -> Option<Result<Self, KeyProblem>> {
        let block = Block::find(text)?;
        let read = || {
            let body = block.body(passphrase)?;
            match block.label {
                "RSA PRIVATE KEY" => Self::new(KeyPair::from_der(&body)).map_err(|problem| {
                    // A wrong passphrase may go unnoticed up to here.
                    if block.is_encrypted() {
                        KeyProblem::WrongPassphrase
                    } else {
                        problem
                    }
                }),
                "PRIVATE KEY" => Self::new(KeyPair::from_pkcs8(&body)),
                _ => {
                    let sealed = pkcs8::EncryptedPrivateKeyInfoRef::try_from(body.as_slice())
                        .map_err(|_| KeyProblem::Malformed)?;
                    let open = sealed
                        .decrypt(passphrase.ok_or(KeyProblem::Encrypted)?)
                        .map_err(|_| KeyProblem::WrongPassphrase)?;
                    Self::new(KeyPair::from_pkcs8(open.as_bytes()))
                }
            }
        };
        matches!(
            block.label,
            "RSA PRIVATE KEY" | "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY"
        )
        .then(read)
    }

    /// The key of an OpenSSH file that is open; `None`: it is of another type.
    pub(super) fn from_openssh(key: &PrivateKey) -> Option<Result<Self, KeyProblem>> {
        let KeypairData::Rsa(pair) = key.key_data() else {
            return None;
        };
        let numbers = numbers(pair).ok_or(KeyProblem::Malformed);
        Some(numbers.and_then(|numbers| Self::new(KeyPair::from_components(&numbers))))
    }

    fn new(pair: Result<KeyPair, ring::error::KeyRejected>) -> Result<Self, KeyProblem> {
        let pair = pair.map_err(|error| KeyProblem::Rejected(error.to_string()))?;
        let PublicKeyComponents::<Vec<u8>> { n, e } = pair.public().into();
        let [e, n] = [e, n].map(|number| Mpint::from_positive_bytes(&number));
        let public = RsaPublicKey::new(e, n).map_err(|_| KeyProblem::Malformed)?;
        Ok(Self {
            pair,
            public: PublicKey::new(KeyData::Rsa(public), ""),
        })
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }
}

/// The numbers of a key as `ring` wants them. OpenSSH's files lack two, which make signing fast; they follow from the others.
fn numbers(pair: &RsaKeypair) -> Option<KeyPairComponents<&[u8], Zeroizing<Vec<u8>>>> {
    let secret = |number: &Mpint| Some(Zeroizing::new(number.as_positive_bytes()?.to_vec()));
    let (public, private) = (pair.public(), pair.private());
    let [d, p, q] = [private.d(), private.p(), private.q()].map(secret);
    let (d, p, q) = (d?, p?, q?);
    let exponent = |prime: &[u8]| {
        let below = BigUint::from_bytes_be(prime) - 1u8;
        // No file is believed to hold a prime.
        (below > BigUint::ZERO)
            .then(|| Zeroizing::new((BigUint::from_bytes_be(&d) % below).to_bytes_be()))
    };
    Some(KeyPairComponents {
        public_key: PublicKeyComponents {
            n: public.n().as_positive_bytes()?,
            e: public.e().as_positive_bytes()?,
        },
        dP: exponent(&p)?,
        dQ: exponent(&q)?,
        qInv: secret(private.iqmp())?,
        d,
        p,
        q,
    })
}

/// Why a signature did not come about.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignError {
    #[error("the connection is lost")]
    Lost,
    #[error("the numbers of the key do not fit together")]
    Key,
}

impl From<russh::SendError> for SignError {
    fn from(_: russh::SendError) -> Self {
        Self::Lost
    }
}

impl Signer for RsaKey {
    type Error = SignError;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        hash: Option<HashAlg>,
        mut to_sign: Vec<u8>,
    ) -> Result<Vec<u8>, SignError> {
        let (name, padding) = match hash {
            Some(HashAlg::Sha256) => ("rsa-sha2-256", &RSA_PKCS1_SHA256),
            _ => ("rsa-sha2-512", &RSA_PKCS1_SHA512),
        };
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(padding, &SystemRandom::new(), &to_sign, &mut signature)
            .map_err(|_| SignError::Key)?;
        // As SSH has it, behind what was signed: a string that holds the name and the signature, each a string too.
        let string = |bytes: &[u8]| {
            let length = u32::try_from(bytes.len()).map_err(|_| SignError::Key)?;
            Ok::<_, SignError>([&length.to_be_bytes()[..], bytes].concat())
        };
        let inner = [string(name.as_bytes())?, string(&signature)?].concat();
        to_sign.extend(string(&inner)?);
        Ok(to_sign)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::keys::{self, Key};
    use super::*;
    use ring::signature::{
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents,
    };

    /// Given a key made by `ssh-keygen` (of the package openssh-client, which the tests need), when something is signed with
    /// it, then the public half that `ssh-keygen` wrote verifies that.
    #[tokio::test]
    async fn what_is_signed_verifies_with_the_public_half() {
        let directory = tempfile::tempdir().unwrap();
        for form in ["RFC4716", "PEM", "PKCS8"] {
            let path = directory.path().join(form);
            let made = std::process::Command::new("ssh-keygen")
                .args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-m", form, "-f"])
                .arg(&path)
                .status();
            assert!(made.unwrap().success());
            let public = russh::keys::load_public_key(path.with_extension("pub")).unwrap();
            let Ok(Key::Rsa(mut key)) = keys::load(&path, None) else {
                unreachable!("an RSA key")
            };
            assert_eq!(key.public().key_data(), public.key_data(), "{form}");
            let KeyData::Rsa(numbers) = public.key_data() else {
                unreachable!("an RSA key")
            };
            let verifier = RsaPublicKeyComponents {
                n: numbers.n().as_positive_bytes().unwrap(),
                e: numbers.e().as_positive_bytes().unwrap(),
            };
            let identity = AgentIdentity::from(public.clone());
            for (hash, name, algorithm) in [
                (HashAlg::Sha256, "rsa-sha2-256", &RSA_PKCS1_2048_8192_SHA256),
                (HashAlg::Sha512, "rsa-sha2-512", &RSA_PKCS1_2048_8192_SHA512),
            ] {
                let signed = key
                    .auth_sign(&identity, Some(hash), b"text".to_vec())
                    .await
                    .unwrap();
                let head = [
                    &b"text\0\0\x01\x14\0\0\0\x0c"[..],
                    name.as_bytes(),
                    b"\0\0\x01\0",
                ]
                .concat();
                let signature = signed.strip_prefix(head.as_slice()).unwrap();
                verifier.verify(algorithm, b"text", signature).unwrap();
            }
        }
    }
}
