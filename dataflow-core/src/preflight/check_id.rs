//! The identifier of a check, as an operator gives it.

use std::{fmt, str::FromStr};

use super::{PreflightError, find};

/// The identifier of a check that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckId(&'static str);

impl CheckId {
    /// It as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for CheckId {
    type Err = PreflightError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        find(text).map(|check| Self(check.id))
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
