//! The PBX's version.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::lenient;
use crate::{host::shown, spec::Version};

/// What is read of the PBX's status. It has the licence key too, which is nobody's business here.
#[derive(Deserialize)]
pub(super) struct Read {
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) version: String,
}

/// The version that a PBX says it has.
#[derive(Debug, Clone)]
pub struct PbxVersion {
    text: String,
    version: Option<Version>,
}

impl PbxVersion {
    /// What a PBX wrote: the numbers come first, and what follows a space is about the build.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let first = text.split_whitespace().next().unwrap_or_default();
        Self {
            text: shown(text.as_bytes()),
            version: first.trim_start_matches(['v', 'V']).parse().ok(),
        }
    }

    /// The version, where it could be read.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }
}

impl PartialEq for PbxVersion {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PbxVersion {}

impl fmt::Display for PbxVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for PbxVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_pbxs_write_them() {
        for (text, read) in [
            ("22.3.5", Some("22.3.5")),
            ("22.3.5.1234", Some("22.3.5.1234")),
            ("v22.3.5 (2026-01-01)", Some("22.3.5")),
            ("", None),
            ("unknown", None),
        ] {
            let version = PbxVersion::read(text);
            assert_eq!(
                version.version().map(ToString::to_string).as_deref(),
                read,
                "{text}"
            );
        }
        assert_eq!(
            PbxVersion::read("22.3\u{1b}[2J").to_string(),
            "22.3\\u{1b}[2J"
        );
    }
}
