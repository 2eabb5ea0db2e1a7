//! One thing that is known of a machine, or why it is not known.

use serde::{Deserialize, Serialize};

/// A value that was read, or the reason why it was not. It is never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact<T> {
    /// It was read.
    Known(T),
    /// It was not, and why.
    Unknown(String),
}

impl<T> Fact<T> {
    /// Not known, for this reason.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown(reason.into())
    }

    /// The value, or else unknown for this reason.
    pub fn or_unknown(value: Option<T>, reason: &str) -> Self {
        value.map_or_else(|| Self::unknown(reason), Self::Known)
    }

    /// The value where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it is known.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The value, or the reason why it is not known.
    ///
    /// # Errors
    /// The reason.
    pub fn get(&self) -> Result<&T, Unseen> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Unknown(reason) => Err(Unseen(reason.clone())),
        }
    }

    /// The same fact about something made of the value.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(make(value)),
            Self::Unknown(reason) => Fact::Unknown(reason),
        }
    }
}

/// Why a fact is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen(pub String);
