//! What a run is called.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::{Explain, Kind, host::shown};

/// The name of a run: when it began, and four digits that tell it from another of the same second. Names sort by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

impl RunId {
    /// A name for a run that begins now.
    pub(in crate::lifecycle) fn new() -> Self {
        let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
        Self(format!("{now}-{:04x}", rand::random::<u16>()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not the name of a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a run")]
pub struct NotARun(String);

impl Explain for NotARun {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> String {
        "dataflow history lists the runs; a name looks like 20261124T114500Z-4f2a.".to_owned()
    }
}

impl FromStr for RunId {
    type Err = NotARun;

    /// Strict, since a name becomes the name of a file.
    fn from_str(text: &str) -> Result<Self, NotARun> {
        let shape = "00000000T000000Z-xxxx";
        let fits = |(is, wanted): (char, char)| match wanted {
            '0' => is.is_ascii_digit(),
            'x' => matches!(is, '0'..='9' | 'a'..='f'),
            _ => is == wanted,
        };
        if text.len() == shape.len() && text.chars().zip(shape.chars()).all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARun(shown(text.as_bytes())))
        }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_new_name_reads_back() {
        let id = RunId::new();
        assert_eq!(id.as_str().parse::<RunId>().unwrap(), id);
    }

    #[test]
    fn what_could_be_another_file_is_no_name() {
        for text in [
            "",
            "../../../etc/passwd",
            "20261124T114500Z-4f2",
            "20261124T114500Z-4f2a.jsonl",
            "20261124T114500Z-4F2A",
            "20261124t114500Z-4f2a",
            "2026112/T114500Z-4f2a",
        ] {
            assert!(text.parse::<RunId>().is_err(), "{text:?}");
        }
    }
}
