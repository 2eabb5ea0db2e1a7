//! What one source says of the PBX: of its REST API, the token, and what the network must let through.

use std::{collections::BTreeSet, ops::RangeInclusive, path::PathBuf, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    ApiAccess, ApiPath, ApiUrl, CertificateFingerprint, MetadataEndpoint, PrerequisiteMode, Secret,
    ServerIp, SpecError, Token, TokenFile, Trust,
    settings::{explained, ranged},
    wanted::in_range,
};
use crate::facts::Metadata;

/// The time that a request to the PBX may take, in seconds, that is allowed.
pub const API_TIMEOUT_RANGE: RangeInclusive<u64> = 1..=300;

/// The time that it may take where nothing else is said, in seconds.
const API_TIMEOUT: u64 = 10;

/// The most ports of a list: each is tried.
const PORTS_LIMIT: usize = 32;

/// What one source says of the PBX's REST API.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApiSettings {
    /// Where it is; without it, at port 8887 of the PBX.
    #[serde(deserialize_with = "explained")]
    pub url: Option<ApiUrl>,
    /// The user who signs in.
    #[serde(deserialize_with = "name")]
    pub user: Option<String>,
    /// The user's password.
    #[serde(rename = "password-file")]
    pub password: Option<Secret>,
    /// The PEM file of the authorities that make its certificate good.
    pub ca_file: Option<PathBuf>,
    /// The only certificate that is good.
    #[serde(deserialize_with = "explained")]
    pub certificate: Option<CertificateFingerprint>,
    /// The time for each request, in seconds.
    #[serde(deserialize_with = "timeout")]
    pub timeout: Option<u64>,
}

/// What one source says of the prerequisites.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PrerequisiteSettings {
    /// How they are met at the PBX.
    pub mode: Option<PrerequisiteMode>,
    /// The ports of the PBX that the server must reach.
    #[serde(deserialize_with = "ports")]
    pub to_pbx: Option<Vec<u16>>,
    /// The ports of the server that the PBX must reach.
    #[serde(deserialize_with = "ports")]
    pub from_pbx: Option<Vec<u16>>,
}

/// What one source says of the token.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TokenSettings {
    /// The token.
    #[serde(rename = "file")]
    pub token: Option<Secret>,
    /// The file's name under which the service finds it.
    #[serde(deserialize_with = "explained")]
    pub deliver_as: Option<TokenFile>,
    /// The path of the REST API that generates one.
    #[serde(deserialize_with = "explained")]
    pub generate_path: Option<ApiPath>,
}

/// What one source says of AWS.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AwsSettings {
    /// Where the instance metadata service is.
    #[serde(deserialize_with = "explained")]
    pub metadata_endpoint: Option<MetadataEndpoint>,
    /// Whether it is not to be asked. It comes by the environment, never by a file.
    #[serde(skip)]
    pub disabled: Option<bool>,
}

impl ApiSettings {
    /// These settings, and the fallback's where these say nothing. A sign-in stays with its address, and what makes a
    /// certificate good is one thing or the other.
    pub(super) fn or(self, fallback: Self) -> Self {
        let elsewhere = self.url.is_some() && self.url != fallback.url;
        let fallback = if elsewhere {
            Self {
                timeout: fallback.timeout,
                ..Self::default()
            }
        } else {
            fallback
        };
        let trusts = self.ca_file.is_some() || self.certificate.is_some();
        let (ca_file, certificate) = if trusts {
            (self.ca_file, self.certificate)
        } else {
            (fallback.ca_file, fallback.certificate)
        };
        Self {
            url: self.url.or(fallback.url),
            user: self.user.or(fallback.user),
            password: self.password.or(fallback.password),
            ca_file,
            certificate,
            timeout: self.timeout.or(fallback.timeout),
        }
    }

    /// Who signs in at this PBX, if somebody does.
    pub(super) fn access(&self, pbx: Option<ServerIp>) -> Result<Option<ApiAccess>, SpecError> {
        let trust = match (&self.ca_file, &self.certificate) {
            (Some(_), Some(_)) => return Err(SpecError::TwoTrusts),
            (Some(path), None) => Trust::CaFile(path.clone()),
            (None, Some(certificate)) => Trust::Certificate(certificate.clone()),
            (None, None) => Trust::System,
        };
        let Some(user) = &self.user else {
            return match self.password {
                Some(_) => Err(SpecError::NoApiUser {
                    why: "a password is",
                }),
                None => Ok(None),
            };
        };
        let url = self.url.clone().or(pbx.map(ApiUrl::of));
        let url = url.ok_or(SpecError::NoPbx)?;
        let timeout = in_range(
            WHAT_TIMEOUT,
            self.timeout.unwrap_or(API_TIMEOUT).into(),
            &API_TIMEOUT_RANGE,
            " seconds",
        )?;
        Ok(Some(ApiAccess {
            url,
            user: user.clone(),
            password: self.password.as_ref().map(Secret::value).transpose()?,
            trust,
            timeout: Duration::from_secs(timeout),
        }))
    }
}

impl PrerequisiteSettings {
    pub(super) fn or(self, fallback: Self) -> Self {
        Self {
            mode: self.mode.or(fallback.mode),
            to_pbx: self.to_pbx.or(fallback.to_pbx),
            from_pbx: self.from_pbx.or(fallback.from_pbx),
        }
    }
}

impl TokenSettings {
    pub(super) fn or(self, fallback: Self) -> Self {
        Self {
            token: self.token.or(fallback.token),
            deliver_as: self.deliver_as.or(fallback.deliver_as),
            generate_path: self.generate_path.or(fallback.generate_path),
        }
    }

    /// The token, if one is given.
    pub(super) fn token(&self) -> Result<Option<Token>, SpecError> {
        let given = self.token.as_ref().map(Secret::value).transpose()?;
        given.map(Token::new).transpose()
    }
}

impl AwsSettings {
    pub(super) fn or(self, fallback: Self) -> Self {
        Self {
            metadata_endpoint: self.metadata_endpoint.or(fallback.metadata_endpoint),
            disabled: self.disabled.or(fallback.disabled),
        }
    }

    /// How AWS is asked. At its usual address there is something else, or nothing, where a server is not on EC2.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        match &self.metadata_endpoint {
            _ if self.disabled.unwrap_or_default() => Metadata::Off,
            Some(endpoint) if *endpoint != MetadataEndpoint::default() => {
                Metadata::At(endpoint.clone())
            }
            _ => Metadata::OnEc2,
        }
    }
}

const WHAT_TIMEOUT: &str = "the time for a request to the PBX";

fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    ranged(deserializer, WHAT_TIMEOUT, &API_TIMEOUT_RANGE, " seconds")
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(D::Error::custom("this is no name of a user"));
    }
    Ok(Some(name))
}

/// Ports, each once and in order.
fn ports<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u16>>, D::Error> {
    let given = Vec::<i64>::deserialize(deserializer)?;
    let ports: BTreeSet<u16> = given
        .iter()
        .map(|port| match u16::try_from(*port) {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(D::Error::custom(format!(
                "{port} is not a port\nPorts are numbers from 1 to 65535."
            ))),
        })
        .collect::<Result<_, _>>()?;
    if ports.len() > PORTS_LIMIT {
        return Err(D::Error::custom(format!(
            "these are more than {PORTS_LIMIT} ports\nEach is tried: name those that are needed."
        )));
    }
    Ok(Some(ports.into_iter().collect()))
}
