//! Turns a container that is wanted into the engine's request for it.

use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, ResourcesUlimits, RestartPolicy as EnginePolicy,
    RestartPolicyNameEnum,
};

use crate::spec::{Bind, ContainerSpec, HealthCheck, RestartPolicy};

pub(super) fn body(spec: &ContainerSpec) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(spec.image.to_string()),
        user: spec.user.clone(),
        entrypoint: spec.entrypoint.clone(),
        cmd: spec.command.clone(),
        env: Some(
            spec.env
                .iter()
                .map(|(key, value)| format!("{key}={}", value.expose()))
                .collect(),
        ),
        healthcheck: spec.health.as_ref().map(health),
        stop_timeout: Some(seconds(spec.stop_timeout)),
        labels: Some(spec.labels.iter().cloned().collect()),
        host_config: Some(HostConfig {
            binds: Some(spec.binds.iter().map(bind).collect()),
            cap_add: Some(spec.cap_add.clone()),
            network_mode: spec.network_host.then(|| "host".to_owned()),
            restart_policy: Some(EnginePolicy {
                name: Some(match spec.restart {
                    RestartPolicy::No => RestartPolicyNameEnum::NO,
                    RestartPolicy::UnlessStopped => RestartPolicyNameEnum::UNLESS_STOPPED,
                }),
                maximum_retry_count: None,
            }),
            ulimits: spec.nofile.map(|limit| {
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                vec![ResourcesUlimits {
                    name: Some("nofile".to_owned()),
                    soft: Some(limit),
                    hard: Some(limit),
                }]
            }),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    }
}

fn bind(bind: &Bind) -> String {
    let access = if bind.read_only { "ro" } else { "rw" };
    format!("{}:{}:{access}", bind.source, bind.target)
}

fn health(check: &HealthCheck) -> HealthConfig {
    let mut test = vec!["CMD".to_owned()];
    test.extend_from_slice(&check.command);
    HealthConfig {
        test: Some(test),
        interval: Some(nanos(check.interval)),
        timeout: Some(nanos(check.timeout)),
        retries: Some(check.retries.into()),
        start_period: Some(nanos(check.start_period)),
        start_interval: None,
    }
}

fn nanos(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
