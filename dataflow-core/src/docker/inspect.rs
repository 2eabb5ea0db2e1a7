//! Makes what is planned with out of the engine's descriptions of containers and images.

use std::{collections::BTreeMap, time::Duration};

use bollard::models::{
    ContainerInspectResponse, ContainerStateStatusEnum, HealthConfig, HealthStatusEnum,
    ImageInspect, Mount, ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};

use super::model::{Container, Health, Image, State, Ulimit};
use crate::spec::{Bind, HealthCheck};

impl From<ContainerInspectResponse> for Container {
    fn from(said: ContainerInspectResponse) -> Self {
        let state = said.state.unwrap_or_default();
        let config = said.config.unwrap_or_default();
        let host = said.host_config.unwrap_or_default();
        let extras = super::extra::extras(&host);
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
            ulimits: host
                .ulimits
                .into_iter()
                .flatten()
                .filter_map(ulimit_of)
                .collect(),
            restart_policy: host.restart_policy.map_or_else(String::new, restart_word),
            extras,
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

fn restart_word(policy: RestartPolicy) -> String {
    match (policy.name, policy.maximum_retry_count) {
        (None, _) => "",
        (Some(RestartPolicyNameEnum::EMPTY | RestartPolicyNameEnum::NO), _) => "no",
        (Some(RestartPolicyNameEnum::ALWAYS), _) => "always",
        (Some(RestartPolicyNameEnum::UNLESS_STOPPED), _) => "unless-stopped",
        (Some(RestartPolicyNameEnum::ON_FAILURE), Some(times)) if times > 0 => {
            return format!("on-failure:{times}");
        }
        (Some(RestartPolicyNameEnum::ON_FAILURE), _) => "on-failure",
    }
    .to_owned()
}

fn ulimit_of(said: ResourcesUlimits) -> Option<(String, Ulimit)> {
    let limit = Ulimit {
        soft: said.soft?,
        hard: said.hard?,
    };
    Some((said.name?, limit))
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
