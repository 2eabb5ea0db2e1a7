//! Random secrets that a browser or a program keeps: 256 bits, of which the panel keeps a hash only.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A secret as it is handed out, once.
pub(crate) struct Secret(String);

/// What is kept of it. Nobody finds the secret from it: there are 2^256 of them, so one quick hash is enough.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash, Serialize, Deserialize)]
pub(crate) struct Hash(String);

impl Secret {
    /// A new one.
    pub(crate) fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// It as text, fit for an address, a cookie or a header.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> Hash {
        Hash::of(&self.0)
    }
}

impl Hash {
    /// Of what somebody presents as a secret.
    pub(crate) fn of(presented: &str) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(presented)))
    }

    /// Its first characters, which name it in lists.
    pub(crate) fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({})", self.short())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_secret_when_shown_for_debugging_then_it_is_not_there() {
        let secret = Secret::new();
        assert!(!format!("{secret:?}").contains(secret.text()));
        assert_eq!(secret.text().len(), 43);
        assert_eq!(secret.hash(), Hash::of(secret.text()));
        assert_ne!(secret.hash(), Secret::new().hash());
    }
}
