//! What the engine says of containers and images, reduced to what is planned with.

use std::{collections::BTreeMap, time::Duration};

use bollard::models::{
    ContainerInspectResponse, ContainerStateStatusEnum, HealthConfig, HealthStatusEnum,
    ImageInspect, Mount, RestartPolicyNameEnum,
};
use secrecy::SecretString;

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
    /// The limit of open files, if one is set.
    pub nofile: Option<i64>,
    /// When the engine starts it again by itself, in the engine's words.
    pub restart_policy: String,
    /// The network it is in; `host` for the server's own.
    pub network: String,
    /// Its health check.
    pub healthcheck: Option<HealthCheck>,
    /// How long it is given to stop, where that is set.
    pub stop_timeout: Option<Duration>,
    /// Its labels, those of its image among them.
    pub labels: BTreeMap<String, String>,
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

impl From<ContainerInspectResponse> for Container {
    fn from(said: ContainerInspectResponse) -> Self {
        let state = said.state.unwrap_or_default();
        let config = said.config.unwrap_or_default();
        let host = said.host_config.unwrap_or_default();
        let mut cap_add: Vec<String> = host
            .cap_add
            .unwrap_or_default()
            .iter()
            .map(|cap| cap.strip_prefix("CAP_").unwrap_or(cap).to_owned())
            .collect();
        cap_add.sort();
        Self {
            id: said.id.unwrap_or_default(),
            name: said
                .name
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned(),
            state: state.status.map_or(State::Exited, State::from),
            health: state
                .health
                .and_then(|health| health.status)
                .and_then(health_of),
            exit_code: state.exit_code.unwrap_or_default(),
            restarts: said.restart_count.unwrap_or_default(),
            started_at: state.started_at.unwrap_or_default(),
            image_id: said.image.unwrap_or_default(),
            image: config.image.unwrap_or_default(),
            user: config.user.unwrap_or_default(),
            entrypoint: config.entrypoint.unwrap_or_default(),
            command: config.cmd.unwrap_or_default(),
            env: pairs(config.env)
                .into_iter()
                .map(|(k, v)| (k, v.into()))
                .collect(),
            mounts: mounts_of(host.binds, host.mounts),
            cap_add,
            nofile: host
                .ulimits
                .unwrap_or_default()
                .iter()
                .find(|limit| limit.name.as_deref() == Some("nofile"))
                .and_then(|limit| limit.hard),
            restart_policy: host
                .restart_policy
                .and_then(|policy| policy.name)
                .map_or_else(String::new, restart_word),
            network: host.network_mode.unwrap_or_default(),
            healthcheck: config.healthcheck.and_then(check_of),
            stop_timeout: config
                .stop_timeout
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(Duration::from_secs),
            labels: config.labels.unwrap_or_default().into_iter().collect(),
        }
    }
}

impl From<ImageInspect> for Image {
    fn from(said: ImageInspect) -> Self {
        let config = said.config.unwrap_or_default();
        Self {
            id: said.id.unwrap_or_default(),
            labels: config.labels.unwrap_or_default().into_iter().collect(),
            env: pairs(config.env),
            entrypoint: config.entrypoint.unwrap_or_default(),
            command: config.cmd.unwrap_or_default(),
            healthcheck: config.healthcheck.and_then(check_of),
        }
    }
}

impl From<ContainerStateStatusEnum> for State {
    fn from(said: ContainerStateStatusEnum) -> Self {
        use ContainerStateStatusEnum as Said;
        match said {
            Said::CREATED => Self::Created,
            // It runs until it has stopped.
            Said::RUNNING | Said::STOPPING => Self::Running,
            Said::PAUSED => Self::Paused,
            Said::RESTARTING => Self::Restarting,
            Said::REMOVING => Self::Removing,
            Said::DEAD => Self::Dead,
            Said::EXITED | Said::EMPTY => Self::Exited,
        }
    }
}

/// `None` where the engine's record means "no check".
fn check_of(said: HealthConfig) -> Option<HealthCheck> {
    let mut command = said.test.filter(|test| !test.is_empty())?;
    match command[0].as_str() {
        "NONE" => return None,
        "CMD" => drop(command.remove(0)),
        // A check through a shell keeps its marker: none of ours is one.
        _ => {}
    }
    let nanos = |value: Option<i64>| {
        Duration::from_nanos(u64::try_from(value.unwrap_or_default()).unwrap_or_default())
    };
    Some(HealthCheck {
        command,
        interval: nanos(said.interval),
        timeout: nanos(said.timeout),
        retries: u32::try_from(said.retries.unwrap_or_default()).unwrap_or_default(),
        start_period: nanos(said.start_period),
    })
}

fn health_of(said: HealthStatusEnum) -> Option<Health> {
    match said {
        HealthStatusEnum::STARTING => Some(Health::Starting),
        HealthStatusEnum::HEALTHY => Some(Health::Healthy),
        HealthStatusEnum::UNHEALTHY => Some(Health::Unhealthy),
        HealthStatusEnum::NONE | HealthStatusEnum::EMPTY => None,
    }
}

fn restart_word(name: RestartPolicyNameEnum) -> String {
    match name {
        RestartPolicyNameEnum::EMPTY | RestartPolicyNameEnum::NO => "no",
        RestartPolicyNameEnum::ALWAYS => "always",
        RestartPolicyNameEnum::UNLESS_STOPPED => "unless-stopped",
        RestartPolicyNameEnum::ON_FAILURE => "on-failure",
    }
    .to_owned()
}

/// What was asked for, in either of the engine's two ways; volumes that an image asks for are in neither.
fn mounts_of(binds: Option<Vec<String>>, mounts: Option<Vec<Mount>>) -> Vec<Bind> {
    let binds = binds.unwrap_or_default();
    let mounts = mounts.unwrap_or_default();
    let binds = binds.iter().filter_map(|bind| mount_of(bind));
    let mounts = mounts.into_iter().map(|mount| Bind {
        source: mount.source.unwrap_or_default(),
        target: mount.target.unwrap_or_default(),
        read_only: mount.read_only.unwrap_or_default(),
    });
    binds.chain(mounts).collect()
}

/// Reads `source:target[:options]`.
fn mount_of(bind: &str) -> Option<Bind> {
    let mut parts = bind.splitn(3, ':');
    let source = parts.next()?.to_owned();
    let target = parts.next()?.to_owned();
    let read_only = parts
        .next()
        .is_some_and(|options| options.split(',').any(|option| option == "ro"));
    Some(Bind {
        source,
        target,
        read_only,
    })
}

fn pairs(env: Option<Vec<String>>) -> BTreeMap<String, String> {
    env.unwrap_or_default()
        .iter()
        .map(|entry| entry.split_once('=').unwrap_or((entry, "")))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
