//! What one source, a file or flags or code, says of what is wanted.

use std::{ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::wanted::in_range;
use super::{
    ApiAccess, ApiSettings, AwsSettings, DataPath, ImageRef, NOFILE_RANGE, PrerequisiteMode,
    PrerequisiteSettings, Pull, RegistryLogin, RegistryServer, START_GRACE_RANGE, ServerIp, Spec,
    SpecError, Target, TokenSettings,
};
use crate::Explain;
use crate::host::{Address, Fingerprint, Jump, SignIn, SshAddress};
use crate::preflight::{CheckId, Profile};

/// The time that a connection may take, in seconds, that is allowed.
pub const CONNECT_TIMEOUT_RANGE: RangeInclusive<u64> = 1..=600;

/// What one source says; a field that it does not mention is `None`.
///
/// Sources are put together with [`Settings::or`], the strongest first, and become a [`Spec`] and a [`Target`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The machine to work on; without it, the one at `private_ip`.
    #[serde(deserialize_with = "explained")]
    pub host: Option<Address>,
    /// The directory on the server that holds all data.
    #[serde(deserialize_with = "explained")]
    pub data_path: Option<DataPath>,
    /// The server's private address.
    #[serde(deserialize_with = "explained")]
    pub private_ip: Option<ServerIp>,
    /// The server's public address.
    #[serde(deserialize_with = "explained")]
    pub public_ip: Option<ServerIp>,
    /// The address of the PBX.
    #[serde(deserialize_with = "explained")]
    pub pbx: Option<ServerIp>,
    /// The image of the service.
    #[serde(deserialize_with = "explained")]
    pub image: Option<ImageRef>,
    /// The image of the database.
    #[serde(deserialize_with = "explained")]
    pub clickhouse_image: Option<ImageRef>,
    /// The health check's start grace, in seconds.
    #[serde(deserialize_with = "start_grace")]
    pub start_grace: Option<u64>,
    /// The database's limit of open files.
    #[serde(deserialize_with = "nofile")]
    pub nofile: Option<u64>,
    /// When images are fetched.
    pub pull: Option<Pull>,
    /// Whether an image may be older than the one that is deployed. Asked for each time, never kept in a file.
    #[serde(skip)]
    pub allow_downgrade: Option<bool>,
    /// Whether ClickHouse may become more than a year newer at once. Asked for each time, never kept in a file.
    #[serde(skip)]
    pub allow_jump: Option<bool>,
    /// Whether the service's version may be another than the PBX's. Asked for each time, never kept in a file.
    #[serde(skip)]
    pub allow_mismatch: Option<bool>,
    /// Whether containers that somebody else made are taken over. Asked for each time, never kept in a file.
    #[serde(skip)]
    pub adopt: Option<bool>,
    /// What the server must be before anything is changed on it.
    pub preflight: PreflightSettings,
    /// How to sign in to the server.
    pub ssh: SshSettings,
    /// How to sign in to the registry.
    pub registry: RegistrySettings,
    /// How to sign in to the PBX's REST API.
    pub api: ApiSettings,
    /// What Data Flow needs of the PBX and of the network.
    pub prerequisites: PrerequisiteSettings,
    /// The token by which the PBX knows the server.
    pub token: TokenSettings,
    /// Where AWS is asked.
    pub aws: AwsSettings,
}

/// What one source says of the preflight.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PreflightSettings {
    /// Checks whose errors are not to count.
    #[serde(deserialize_with = "each_explained")]
    pub ignore: Vec<CheckId>,
    /// The size of deployment.
    pub profile: Option<Profile>,
}

/// What one source says of signing in to the server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SshSettings {
    /// The ssh_config that is read, or `none`.
    pub config: Option<PathBuf>,
    /// The servers to go through, or `none`.
    #[serde(deserialize_with = "explained")]
    pub jump: Option<Jump>,
    /// Private key files.
    pub identities: Option<Vec<PathBuf>>,
    /// Whether the SSH agent is asked for keys.
    pub agent: Option<bool>,
    /// Files of known host keys.
    pub known_hosts: Option<Vec<PathBuf>>,
    /// The only host key that is accepted.
    #[serde(deserialize_with = "explained")]
    pub host_key: Option<Fingerprint>,
    /// The time that a connection may take, in seconds.
    #[serde(deserialize_with = "connect_timeout")]
    pub connect_timeout: Option<u64>,
    /// The login password.
    #[serde(rename = "password-file")]
    pub password: Option<Secret>,
    /// The passphrase of the private key files.
    #[serde(rename = "passphrase-file")]
    pub passphrase: Option<Secret>,
    /// The password for sudo, where it is not the login password.
    #[serde(rename = "sudo-password-file")]
    pub sudo_password: Option<Secret>,
}

/// What one source says of signing in to the registry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RegistrySettings {
    /// The registry.
    #[serde(deserialize_with = "explained")]
    pub server: Option<RegistryServer>,
    /// The user.
    pub user: Option<String>,
    /// The user's password or access token.
    #[serde(rename = "token-file")]
    pub token: Option<Secret>,
}

/// A secret, or the file that holds it. A settings file can only name a file; whoever loads the settings reads it, since
/// nothing here does I/O.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "PathBuf")]
pub enum Secret {
    /// The secret.
    Value(SecretString),
    /// The file that holds it, yet to be read.
    File(PathBuf),
}

impl From<PathBuf> for Secret {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl Secret {
    pub(super) fn value(&self) -> Result<SecretString, SpecError> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::File(path) => Err(SpecError::SecretNotRead { path: path.clone() }),
        }
    }
}

impl Settings {
    /// Every secret that is set, so that the ones that are still files can be read and replaced.
    pub fn secrets_mut(&mut self) -> impl Iterator<Item = &mut Secret> {
        let ssh = &mut self.ssh;
        [
            &mut ssh.password,
            &mut ssh.passphrase,
            &mut ssh.sudo_password,
            &mut self.registry.token,
            &mut self.api.password,
            &mut self.token.token,
        ]
        .into_iter()
        .flatten()
    }

    /// What is wanted on the server.
    ///
    /// # Errors
    /// What is missing or does not go together, as a [`SpecError`].
    pub fn spec(&self) -> Result<Spec, SpecError> {
        let pbx = self.pbx.ok_or(SpecError::NoPbx)?;
        let mut spec = Spec::new(pbx, self.private_ip, self.public_ip)?;
        if let Some(data_path) = &self.data_path {
            spec = spec.with_data_path(data_path.clone());
        }
        if let Some(image) = &self.image {
            spec = spec.with_image(image.clone());
        }
        if let Some(image) = &self.clickhouse_image {
            spec = spec.with_clickhouse_image(image.clone());
        }
        if let Some(seconds) = self.start_grace {
            spec = spec.with_start_grace(Duration::from_secs(seconds))?;
        }
        if let Some(nofile) = self.nofile {
            spec = spec.with_nofile(nofile)?;
        }
        if let Some(login) = self.registry.login()? {
            spec = spec.with_registry(login);
        }
        if let Some(access) = self.api.access(Some(pbx))? {
            spec = spec.with_api(access);
        } else if self.prerequisites.mode == Some(PrerequisiteMode::Api) {
            return Err(SpecError::NoApiUser {
                why: "the prerequisites are to be met over it",
            });
        }
        if let Some(token) = self.token.token()? {
            spec = spec.with_token(token);
        }
        if let Some(name) = &self.token.deliver_as {
            spec = spec.with_token_file(name.clone());
        }
        if let Some(path) = &self.token.generate_path {
            spec = spec.with_generate_path(path.clone());
        }
        if let Some(ports) = &self.prerequisites.to_pbx {
            spec = spec.with_ports_to_pbx(ports.iter().copied());
        }
        if let Some(ports) = &self.prerequisites.from_pbx {
            spec = spec.with_ports_from_pbx(ports.iter().copied());
        }
        Ok(spec
            .with_metadata(self.aws.metadata())
            .with_pull(self.pull.unwrap_or_default())
            .with_downgrade(self.allow_downgrade.unwrap_or_default())
            .with_jump(self.allow_jump.unwrap_or_default())
            .with_mismatch(self.allow_mismatch.unwrap_or_default())
            .with_adopt(self.adopt.unwrap_or_default())
            .with_prerequisites(self.prerequisites.mode.unwrap_or_default())
            .with_profile(self.preflight.profile.unwrap_or_default())
            .with_ignored(self.preflight.ignore.iter().copied()))
    }

    /// Who signs in to the PBX's REST API, if somebody does.
    ///
    /// # Errors
    /// What is missing or does not go together, as a [`SpecError`].
    pub fn api(&self) -> Result<Option<ApiAccess>, SpecError> {
        self.api.access(self.pbx)
    }

    /// How the server is reached: at `host`, or over SSH at `private_ip`.
    ///
    /// # Errors
    /// [`SpecError::NoTarget`], or a secret that was not read.
    pub fn target(&self) -> Result<Target, SpecError> {
        let address = match (&self.host, self.private_ip) {
            (Some(host), _) => host.clone(),
            (None, Some(ip)) => Address::Ssh(SshAddress {
                user: None,
                host: ip.to_string(),
                port: None,
            }),
            (None, None) => return Err(SpecError::NoTarget),
        };
        Ok(Target {
            address,
            sign_in: self.ssh.sign_in()?,
        })
    }
}

impl SshSettings {
    fn sign_in(&self) -> Result<SignIn, SpecError> {
        let defaults = SignIn::default();
        let secret = |secret: &Option<Secret>| secret.as_ref().map(Secret::value).transpose();
        let connect_timeout = match self.connect_timeout {
            Some(given) => Some(Duration::from_secs(in_range(
                "the connect timeout",
                given.into(),
                &CONNECT_TIMEOUT_RANGE,
                " seconds",
            )?)),
            None => None,
        };
        Ok(SignIn {
            config: self.config.clone().map(Into::into).unwrap_or_default(),
            jump: self.jump.clone(),
            identities: self.identities.clone().unwrap_or_default(),
            agent: self.agent.unwrap_or(defaults.agent),
            password: secret(&self.password)?,
            passphrase: secret(&self.passphrase)?,
            sudo_password: secret(&self.sudo_password)?,
            known_hosts: self.known_hosts.clone(),
            host_key: self.host_key.clone(),
            connect_timeout,
            ..defaults
        })
    }
}

impl RegistrySettings {
    fn login(&self) -> Result<Option<RegistryLogin>, SpecError> {
        match (&self.user, &self.token) {
            (None, None) => Ok(None),
            (Some(user), None) => Err(SpecError::NoRegistryToken { user: user.clone() }),
            (None, Some(_)) => Err(SpecError::NoRegistryUser),
            (Some(user), Some(token)) => Ok(Some(RegistryLogin {
                server: self.server.clone().unwrap_or_default(),
                user: user.clone(),
                token: token.value()?,
            })),
        }
    }
}

/// A string that is parsed by its type; the error has what is allowed on a second line.
pub(super) fn explained<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Explain>,
{
    let explain = |error: T::Err| D::Error::custom(format!("{error}\n{}", error.next_step()));
    String::deserialize(deserializer)?
        .parse()
        .map(Some)
        .map_err(explain)
}

fn each_explained<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Explain>,
{
    let explain = |error: T::Err| D::Error::custom(format!("{error}\n{}", error.next_step()));
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| text.parse().map_err(explain))
        .collect()
}

fn start_grace<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    ranged(
        deserializer,
        "the start grace",
        &START_GRACE_RANGE,
        " seconds",
    )
}

fn nofile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    ranged(deserializer, "the limit of open files", &NOFILE_RANGE, "")
}

fn connect_timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    ranged(
        deserializer,
        "the connect timeout",
        &CONNECT_TIMEOUT_RANGE,
        " seconds",
    )
}

pub(super) fn ranged<'de, D: Deserializer<'de>>(
    deserializer: D,
    what: &'static str,
    range: &RangeInclusive<u64>,
    unit: &'static str,
) -> Result<Option<u64>, D::Error> {
    let given = i64::deserialize(deserializer)
        .map_err(|_| D::Error::custom("it must be a whole number"))?;
    in_range(what, given.into(), range, unit)
        .map(Some)
        .map_err(D::Error::custom)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
