//! The token by which the PBX knows its Data Flow server.

use std::{fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Release, SpecError};

/// How much of the digest a fingerprint is, in hexadecimal digits.
const DIGITS: usize = 12;

/// The most characters of a token, by far.
const TOKEN_LIMIT: usize = 4096;

/// The most characters of a file's name, on any file system.
const NAME_LIMIT: usize = 255;

/// A token, as the PBX generates it.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

impl Token {
    /// Takes a text for a token if it can be one: one word of visible ASCII characters.
    ///
    /// # Errors
    /// [`SpecError::Token`]; it does not repeat the text.
    pub fn new(text: SecretString) -> Result<Self, SpecError> {
        let exposed = text.expose_secret();
        let reason = if exposed.is_empty() {
            "it is empty"
        } else if exposed.len() > TOKEN_LIMIT {
            "it is longer than 4096 characters"
        } else if !exposed.chars().all(|c| c.is_ascii_graphic()) {
            "it has spaces or other characters that no token has"
        } else {
            return Ok(Self(text));
        };
        Err(SpecError::Token { reason })
    }

    /// What is remembered and shown of it.
    #[must_use]
    pub fn fingerprint(&self) -> TokenFingerprint {
        let digest = Sha256::digest(self.0.expose_secret());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        TokenFingerprint(hex[..DIGITS].to_owned())
    }

    /// The token itself.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// What tells tokens apart without saying any: the first twelve digits of the SHA-256, as `sha256sum` shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenFingerprint(String);

impl TokenFingerprint {
    /// Of a whole digest in hexadecimal digits.
    #[must_use]
    pub fn of_digest(digest: &str) -> Option<Self> {
        (digest.len() == 64)
            .then(|| digest.get(..DIGITS)?.parse().ok())
            .flatten()
    }
}

impl FromStr for TokenFingerprint {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if given.len() == DIGITS && given.chars().all(digit) {
            return Ok(Self(given.to_owned()));
        }
        Err(SpecError::Value {
            what: "the fingerprint of a token",
            given: given.to_owned(),
            reason: "it is not 12 hexadecimal digits".to_owned(),
            allowed: "Give the first 12 digits that sha256sum shows of it.",
        })
    }
}

impl TryFrom<String> for TokenFingerprint {
    type Error = SpecError;

    fn try_from(given: String) -> Result<Self, SpecError> {
        given.parse()
    }
}

impl From<TokenFingerprint> for String {
    fn from(fingerprint: TokenFingerprint) -> Self {
        fingerprint.0
    }
}

impl fmt::Display for TokenFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of the file, in the service's data directory, in which the service finds its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFile(String);

impl TokenFile {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenFile {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let reason = if given.contains('/') {
            "it is a path, and the file is in the service's data directory"
        } else if !given.starts_with(|first: char| first.is_ascii_alphanumeric())
            || !given.chars().all(usual)
        {
            "it is not made of letters, digits, -, _ and ., with a letter or digit first"
        } else if given.len() > NAME_LIMIT {
            "it is longer than 255 characters"
        } else if Release::portsip()
            .password_file
            .relative_path
            .ends_with(&format!("/{given}"))
        {
            "the service keeps its settings in that file"
        } else {
            return Ok(Self(given.to_owned()));
        };
        Err(SpecError::Value {
            what: "the name of the token's file",
            given: given.to_owned(),
            reason: reason.to_owned(),
            allowed: "Give the name that the service looks for, such as token.",
        })
    }
}

impl fmt::Display for TokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
