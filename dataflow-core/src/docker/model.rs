//! What the engine says of containers and images, reduced to what is planned with.

use std::{collections::BTreeMap, fmt, time::Duration};

use secrecy::SecretString;

use super::Extra;
use crate::spec::{Bind, HealthCheck};

/// A container as it is.
#[derive(Debug, Clone, Default)]
pub struct Container {
    /// The engine's identifier.
    pub id: String,
    /// The name, without the slash that the engine puts before it.
    pub name: String,
    /// What it is doing.
    pub state: State,
    /// What its health check says, where it has one.
    pub health: Option<Health>,
    /// The exit code of its last run.
    pub exit_code: i64,
    /// How often the engine has restarted it by itself.
    pub restarts: i64,
    /// When it was started last, as the engine writes it (RFC 3339).
    pub started_at: String,
    /// The identifier of the image it was made from.
    pub image_id: String,
    /// The name by which that image was asked for.
    pub image: String,
    /// The user its first process runs as.
    pub user: String,
    /// Its entry point; empty where the image has none either.
    pub entrypoint: Vec<String>,
    /// Its command.
    pub command: Vec<String>,
    /// Its environment. Values may be secrets.
    pub env: BTreeMap<String, SecretString>,
    /// Its mounts; where it was made with a volume, the volume's name stands for the host path.
    pub mounts: Vec<Bind>,
    /// Capabilities added to the engine's default set, without the `CAP_` that newer engines write.
    pub cap_add: Vec<String>,
    /// The limits of its processes that are set, by the engine's name for each.
    pub ulimits: BTreeMap<String, Ulimit>,
    /// When the engine starts it again by itself, in the engine's words.
    pub restart_policy: String,
    /// The network it is in; `host` for the server's own.
    pub network: String,
    /// Its health check.
    pub healthcheck: Option<HealthCheck>,
    /// How long it is given to stop, where that is set.
    pub stop_timeout: Option<Duration>,
    /// What it was given beyond all that, in the operator's words; what an engine gives by itself is left out.
    pub extras: BTreeMap<Extra, String>,
    /// Its labels, those of its image among them.
    pub labels: BTreeMap<String, String>,
}

/// A limit of a container's processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ulimit {
    /// What is granted at first.
    pub soft: i64,
    /// Up to what a process may raise it.
    pub hard: i64,
}

impl fmt::Display for Ulimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.soft == self.hard {
            write!(f, "{}", self.hard)
        } else {
            write!(f, "{} at first, {} at most", self.soft, self.hard)
        }
    }
}

/// What a container is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Made, never started.
    Created,
    /// Running.
    Running,
    /// Running, but frozen.
    Paused,
    /// Ended by itself and about to be started again by the engine.
    Restarting,
    /// Being taken away.
    Removing,
    /// Ended.
    #[default]
    Exited,
    /// Could not be taken away completely.
    Dead,
}

impl State {
    /// The engine's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "being removed",
            Self::Exited => "stopped",
            Self::Dead => "dead",
        }
    }
}

/// What a health check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// Not judged yet.
    Starting,
    /// The last check passed.
    Healthy,
    /// So many checks in a row have failed that the engine gave up on it.
    Unhealthy,
}

impl Health {
    /// The engine's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// An image on the server.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// The engine's identifier, a digest of the image's definition.
    pub id: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The environment that its containers start with.
    pub env: BTreeMap<String, String>,
    /// The entry point of its containers.
    pub entrypoint: Vec<String>,
    /// The command of its containers.
    pub command: Vec<String>,
    /// The health check of its containers.
    pub healthcheck: Option<HealthCheck>,
}
