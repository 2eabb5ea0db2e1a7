//! Turns a container that is wanted into the engine's request for it.

use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, Mount, MountType, ResourcesUlimits,
    RestartPolicy as EnginePolicy, RestartPolicyNameEnum,
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
            mounts: Some(spec.binds.iter().map(mount).collect()),
            cap_add: Some(spec.cap_add.clone()),
            network_mode: spec.network_host.then(|| "host".to_owned()),
            restart_policy: Some(restart(spec.restart)),
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

/// Not one of `Binds`, for which the engine makes a source that is not there: after a reboot without the data's disk the database
/// would begin anew, on the disk below.
fn mount(bind: &Bind) -> Mount {
    Mount {
        typ: Some(MountType::BIND),
        source: Some(bind.source.clone()),
        target: Some(bind.target.clone()),
        read_only: Some(bind.read_only),
        ..Mount::default()
    }
}

pub(super) fn restart(policy: RestartPolicy) -> EnginePolicy {
    EnginePolicy {
        name: Some(match policy {
            RestartPolicy::No => RestartPolicyNameEnum::NO,
            RestartPolicy::UnlessStopped => RestartPolicyNameEnum::UNLESS_STOPPED,
        }),
        maximum_retry_count: None,
    }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::spec::{Release, Spec};

    #[test]
    fn a_source_that_is_not_there_is_not_made_by_the_engine() {
        let ip = "172.31.16.133".parse().unwrap();
        let spec = Spec::new(ip, Some(ip), None).unwrap();
        let host = body(&Release::portsip().service(&spec))
            .host_config
            .unwrap();
        assert_eq!(host.binds, None);
        let mounts = host.mounts.unwrap();
        assert_eq!(
            mounts[0].source.as_deref(),
            Some("/var/lib/portsip/dataflow")
        );
        assert!(mounts.iter().all(|mount| mount.bind_options.is_none()));
    }
}
