//! A certificate that a PBX showed, as far as people need it to judge.

use std::{fmt, net::IpAddr};

use jiff::Timestamp;
use x509_cert::{
    Certificate,
    der::Decode as _,
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Time,
};

use crate::{host::shown, spec::CertificateFingerprint};

/// How many names are told.
const NAMES: usize = 5;

/// What a certificate says of itself; nothing in it is known to be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCertificate {
    /// The SHA-256 of its DER.
    pub fingerprint: CertificateFingerprint,
    /// Who issued it.
    pub issuer: String,
    /// From when it is valid.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// For which names and addresses.
    pub names: Vec<String>,
}

impl ShownCertificate {
    pub(super) fn of(der: &[u8]) -> Self {
        let fingerprint = CertificateFingerprint::of(der);
        let Ok(certificate) = Certificate::from_der(der) else {
            return Self {
                fingerprint,
                issuer: "unknown: it can't be read".to_owned(),
                from: None,
                until: None,
                names: Vec::new(),
            };
        };
        let told = certificate.tbs_certificate();
        let issuer = if told.issuer() == told.subject() {
            "itself (self-signed)".to_owned()
        } else {
            shown(told.issuer().to_string().as_bytes())
        };
        Self {
            fingerprint,
            issuer,
            from: time(told.validity().not_before),
            until: time(told.validity().not_after),
            names: names(&certificate),
        }
    }

    /// Lines for people, the last of which tells how to see on the PBX itself what it has at this port.
    pub(super) fn lines(&self, port: u16) -> Vec<String> {
        let time =
            |time: Option<Timestamp>| time.map_or("unknown".to_owned(), |time| time.to_string());
        let names = if self.names.is_empty() {
            "no name".to_owned()
        } else {
            self.names.join(", ")
        };
        vec![
            format!("the certificate shown: {}", self.fingerprint),
            format!("issued by: {}", self.issuer),
            format!("valid: {} to {}", time(self.from), time(self.until)),
            format!("for: {names}"),
            format!(
                "to compare, on the PBX: openssl s_client -connect 127.0.0.1:{port} </dev/null | openssl x509 -outform der | openssl dgst -sha256 -binary | base64 | tr -d ="
            ),
        ]
    }
}

fn time(time: Time) -> Option<Timestamp> {
    let seconds = time.to_unix_duration().as_secs();
    Timestamp::from_second(seconds.try_into().ok()?).ok()
}

fn names(certificate: &Certificate) -> Vec<String> {
    let Ok(Some((_, SubjectAltName(all)))) = certificate.tbs_certificate().get_extension() else {
        return Vec::new();
    };
    let mut names: Vec<String> = all
        .iter()
        .filter_map(|name| match name {
            GeneralName::DnsName(name) => Some(shown(name.as_bytes())),
            GeneralName::IpAddress(bytes) => address(bytes.as_bytes()).map(|ip| ip.to_string()),
            _ => None,
        })
        .take(NAMES)
        .collect();
    if all.len() > NAMES {
        names.push("and others".to_owned());
    }
    names
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

/// Why a certificate is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody that is trusted vouches for it.
    UnknownIssuer,
    /// It has ended, as far as the clock of this machine is right.
    Expired {
        /// What that clock says.
        now: Timestamp,
    },
    /// It is not valid yet, as far as the clock of this machine is right.
    NotYetValid {
        /// What that clock says.
        now: Timestamp,
    },
    /// It is for another name or address.
    OtherName {
        /// The one that was called.
        wanted: String,
    },
    /// It is not the one that the settings name.
    NotPinned {
        /// The one that they name.
        pinned: CertificateFingerprint,
    },
    /// Something else.
    Other(String),
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer => f.write_str("nobody that this machine trusts has issued it"),
            Self::Expired { now } => {
                write!(f, "it has expired, by the clock of this machine ({now:.0})")
            }
            Self::NotYetValid { now } => {
                write!(
                    f,
                    "it is not valid yet, by the clock of this machine ({now:.0})"
                )
            }
            Self::OtherName { wanted } => write!(f, "it is not for {wanted}"),
            Self::NotPinned { pinned } => write!(f, "it is not the one in the settings ({pinned})"),
            Self::Other(text) => f.write_str(text),
        }
    }
}
