//! What Data Flow needs of the PBX and of the network, as far as it is set.

use std::{fmt, str::FromStr};

use super::{SpecError, api};

/// How the prerequisites at the PBX are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrerequisiteMode {
    /// By this program, over the PBX's REST API.
    #[default]
    Api,
    /// By hand; it is put on record.
    Manual,
}

impl PrerequisiteMode {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Manual => "manual",
        }
    }
}

/// Where AWS's instance metadata service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataEndpoint(String);

impl MetadataEndpoint {
    /// The address as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for MetadataEndpoint {
    fn default() -> Self {
        Self("http://169.254.169.254".to_owned())
    }
}

impl FromStr for MetadataEndpoint {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let allowed = "Give http://HOST[:PORT], such as http://169.254.169.254.";
        let what = "the address of AWS's instance metadata";
        api::base(given, what, &["http", "https"], allowed).map(Self)
    }
}

impl fmt::Display for MetadataEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
