//! What a container is to be, whichever program makes it.

use std::{fmt, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::ImageRef;

/// The label, with the value `1`, on every container that this library makes.
pub const MANAGED_LABEL: &str = "dataflow.managed";

/// The label of the service's container that tells with which token it was made, by its fingerprint.
pub const TOKEN_LABEL: &str = "dataflow.token";

/// The label of the service's container that tells for which version of the PBX it was made.
pub const PBX_VERSION_LABEL: &str = "dataflow.pbx-version";

/// Everything that defines a container. `None` leaves a field to the image or to the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerSpec {
    /// The container's name, without a slash.
    pub name: String,
    /// The image.
    pub image: ImageRef,
    /// The user that the container's program runs as.
    pub user: Option<String>,
    /// Replaces the image's entrypoint.
    pub entrypoint: Option<Vec<String>>,
    /// Replaces the image's command.
    pub command: Option<Vec<String>>,
    /// Variables added to the image's own.
    pub env: Vec<(String, EnvValue)>,
    /// Directories and files of the server that the container sees.
    pub binds: Vec<Bind>,
    /// Capabilities added to the engine's default ones, without `CAP_`.
    pub cap_add: Vec<String>,
    /// Soft and hard limit of open files.
    pub nofile: Option<u64>,
    /// When the engine starts the container again by itself.
    pub restart: RestartPolicy,
    /// Whether the container shares the server's network.
    pub network_host: bool,
    /// How the engine checks the container's health.
    pub health: Option<HealthCheck>,
    /// How long a stop waits before the container's program is killed.
    pub stop_timeout: Duration,
    /// Labels added to the image's own.
    pub labels: Vec<(String, String)>,
}

/// The value of an environment variable.
#[derive(Clone)]
pub enum EnvValue {
    /// A value that may be shown.
    Plain(String),
    /// A value that is never shown.
    Secret(SecretString),
}

impl EnvValue {
    /// The value itself, for the request that makes the container and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(value) => value,
            Self::Secret(value) => value.expose_secret(),
        }
    }
}

impl PartialEq for EnvValue {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(value) => write!(f, "{value:?}"),
            Self::Secret(_) => f.write_str("<secret>"),
        }
    }
}

/// A directory or file of the server that a container sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// The path on the server.
    pub source: String,
    /// The path in the container.
    pub target: String,
    /// Whether the container may only read it.
    pub read_only: bool,
}

/// When the engine starts a container again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Never.
    No,
    /// Always, also after the engine's own restart, unless it was stopped on purpose.
    UnlessStopped,
}

/// How the engine checks a container's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// Program and arguments, run in the container without a shell.
    pub command: Vec<String>,
    /// Time between two checks.
    pub interval: Duration,
    /// Time that one check may take.
    pub timeout: Duration,
    /// Failures in a row after which the container counts as unhealthy.
    pub retries: u32,
    /// Time after the start in which failures do not count.
    pub start_period: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_compared_and_not_shown() {
        let secret = |text: &str| EnvValue::Secret(text.into());
        assert_eq!(secret("canary"), secret("canary"));
        assert_ne!(secret("canary"), secret("other"));
        assert_eq!(format!("{:?}", secret("canary")), "<secret>");
    }
}
