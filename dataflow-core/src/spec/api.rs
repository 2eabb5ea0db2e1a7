//! How the PBX's REST API is reached.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use http::Uri;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::{ServerIp, SpecError};

/// The port of the PBX's REST API.
pub const API_PORT: u16 = 8887;

/// Who signs in to the PBX's REST API, and how it is known to be the PBX.
#[derive(Debug, Clone)]
pub struct ApiAccess {
    /// Where it is.
    pub url: ApiUrl,
    /// The user, an administrator of the system.
    pub user: String,
    /// The user's password; it may be asked for.
    pub password: Option<SecretString>,
    /// What makes the PBX's certificate good.
    pub trust: Trust,
    /// The time for each request.
    pub timeout: Duration,
}

/// What makes a certificate good.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// The authorities that this machine trusts.
    #[default]
    System,
    /// The authorities in a PEM file.
    CaFile(PathBuf),
    /// It is this very one.
    Certificate(CertificateFingerprint),
}

/// The base of the REST API: an `https` address without user, query and slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiUrl(String);

impl ApiUrl {
    /// Where a PBX has it, unless it was told otherwise.
    #[must_use]
    pub fn of(pbx: ServerIp) -> Self {
        let host = match pbx.get() {
            std::net::IpAddr::V4(ip) => ip.to_string(),
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self(format!("https://{host}:{API_PORT}/api"))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ApiUrl {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let allowed = "Give https://HOST[:PORT]/PATH, such as https://172.31.16.133:8887/api.";
        base(given, "the address of the PBX's API", &["https"], allowed).map(Self)
    }
}

impl fmt::Display for ApiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path below the base of the REST API, with a slash at its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiPath(String);

impl ApiPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ApiPath {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
        let reason = if !given.starts_with('/') || given.len() < 2 {
            "it does not begin with a slash and go on"
        } else if given.contains(['?', '#']) {
            "it has more than a path"
        } else if !given.chars().all(usual) {
            "it has other characters than letters, digits, -, _, ., ~ and slashes"
        } else if given[1..]
            .split('/')
            .any(|part| matches!(part, "" | "." | ".."))
        {
            "it has an empty part, . or .."
        } else {
            return Ok(Self(given.to_owned()));
        };
        Err(SpecError::Value {
            what: "a path of the PBX's API",
            given: given.to_owned(),
            reason: reason.to_owned(),
            allowed: "Give the path below the API's address, as the documentation of the PBX has it.",
        })
    }
}

impl fmt::Display for ApiPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of a certificate in its DER form, as OpenSSH writes fingerprints: `SHA256:` and base64 without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFingerprint(String);

impl CertificateFingerprint {
    /// That of a certificate.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(format!(
            "SHA256:{}",
            STANDARD_NO_PAD.encode(Sha256::digest(der))
        ))
    }
}

impl FromStr for CertificateFingerprint {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        given
            .strip_prefix("SHA256:")
            .map(|rest| rest.trim_end_matches('='))
            .filter(|rest| {
                STANDARD_NO_PAD
                    .decode(rest)
                    .is_ok_and(|digest| digest.len() == 32)
            })
            .map(|rest| Self(format!("SHA256:{rest}")))
            .ok_or_else(|| SpecError::Value {
                what: "the fingerprint of a certificate",
                given: given.to_owned(),
                reason: "it is not SHA256: and 43 characters of base64".to_owned(),
                allowed: "On the PBX: openssl x509 -in CERTIFICATE -outform DER | openssl dgst -sha256 -binary | base64, with SHA256: before it.",
            })
    }
}

impl fmt::Display for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The base of a service over HTTP, without a slash at its end. A password in it is not repeated.
pub(super) fn base(
    given: &str,
    what: &'static str,
    schemes: &[&str],
    allowed: &'static str,
) -> Result<String, SpecError> {
    let refuse = |shown: &str, reason: &str| SpecError::Value {
        what,
        given: shown.to_owned(),
        reason: reason.to_owned(),
        allowed,
    };
    if given.contains('@') {
        return Err(refuse("...", "it has a user or a password in it"));
    }
    if given.contains(['?', '#']) {
        return Err(refuse(given, "it has more than a path"));
    }
    let uri: Uri = given
        .parse()
        .map_err(|_| refuse(given, "it is not an address"))?;
    match uri.scheme_str() {
        Some(scheme) if schemes.contains(&scheme) => {}
        _ => {
            let reason = format!("it does not begin with {}://", schemes.join(":// or "));
            return Err(refuse(given, &reason));
        }
    }
    // A port that is no number is no port to the parser, so it is looked for.
    let Some(authority) = uri
        .authority()
        .filter(|authority| !authority.host().is_empty())
    else {
        return Err(refuse(given, "it names no host"));
    };
    let port = authority.as_str()[authority.host().len()..].strip_prefix(':');
    if port.is_some_and(|port| {
        port.parse::<u16>().is_ok_and(|port| port == 0) || port.parse::<u16>().is_err()
    }) {
        return Err(refuse(given, "its port is none from 1 to 65535"));
    }
    if uri.path().split('/').any(|part| matches!(part, "." | "..")) {
        return Err(refuse(given, "it has . or .. in its path"));
    }
    Ok(given.trim_end_matches('/').to_owned())
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;
