use std::collections::HashMap;

use bollard::models::{DeviceMapping, ThrottleDevice};

use super::*;

fn told(host: &HostConfig) -> String {
    let told = extras(host).into_iter();
    let told = told.map(|(extra, value)| format!("{}: {value}", extra.name()));
    told.collect::<Vec<_>>().join("\n")
}

fn some(word: &str) -> Option<Vec<String>> {
    Some(vec![word.to_owned()])
}

#[test]
fn whatever_else_a_container_was_given_is_told_in_words() {
    let mode = || Some("host".to_owned());
    let host = HostConfig {
        memory: Some(512 * 1024 * 1024),
        memory_swap: Some(1024 * 1024 * 1024),
        memory_reservation: Some(1000),
        memory_swappiness: Some(0),
        oom_kill_disable: Some(true),
        pids_limit: Some(100),
        nano_cpus: Some(1_500_000_000),
        cpu_quota: Some(50_000),
        cpu_shares: Some(512),
        cpu_realtime_runtime: Some(950),
        cpuset_cpus: Some("0-1".to_owned()),
        blkio_weight: Some(300),
        blkio_device_read_bps: Some(vec![ThrottleDevice {
            path: Some("/dev/sda".to_owned()),
            rate: Some(1),
        }]),
        privileged: Some(true),
        cap_drop: Some(vec!["KILL".to_owned(), "CAP_CHOWN".to_owned()]),
        devices: Some(vec![DeviceMapping {
            path_on_host: Some("/dev/fuse".to_owned()),
            ..DeviceMapping::default()
        }]),
        group_add: some("7"),
        readonly_rootfs: Some(true),
        auto_remove: Some(true),
        pid_mode: mode(),
        ipc_mode: mode(),
        uts_mode: mode(),
        userns_mode: mode(),
        security_opt: some("seccomp=unconfined"),
        sysctls: Some([("net.core.somaxconn".to_owned(), "1".to_owned())].into()),
        tmpfs: Some([("/tmp".to_owned(), String::new())].into()),
        volumes_from: some("other"),
        extra_hosts: some("pbx:192.0.2.1"),
        dns: some("192.0.2.53"),
        port_bindings: Some([("80/tcp".to_owned(), None)].into()),
        init: Some(true),
        ..HostConfig::default()
    };
    insta::assert_snapshot!(told(&host), @"
    memory limit: 512 MiB, 1024 MiB with swap
    memory reservation: 1000 bytes
    swappiness: 0
    out-of-memory killer: off
    limit of processes: 100
    CPU limit: 1.5 CPUs
    CPU quota: 50000 of 100000 us
    CPU shares: 512
    CPU set: CPUs 0-1
    CPU real-time scheduling: 950 us
    limits of disk access: /dev/sda weight 300
    privileged: yes
    dropped capabilities: CHOWN KILL
    devices: /dev/fuse
    added groups: 7
    read-only root: yes
    removal when it stops: yes
    PID mode: host
    IPC mode: host
    UTS mode: host
    user namespace: host
    security options: seccomp=unconfined
    sysctls: net.core.somaxconn=1
    tmpfs: /tmp
    volumes of other containers: other
    added hosts: pbx:192.0.2.1
    DNS: 192.0.2.53
    published ports: 80/tcp
    init process: yes
    ");
}

#[test]
fn an_engines_word_for_none_is_nothing() {
    let host = HostConfig {
        memory: Some(-1),
        memory_swap: Some(-1),
        memory_swappiness: Some(-1),
        pids_limit: Some(-1),
        nano_cpus: Some(0),
        cpu_quota: Some(-1),
        cpu_period: Some(100_000),
        cpuset_cpus: Some(String::new()),
        ipc_mode: Some("shareable".to_owned()),
        pid_mode: Some(String::new()),
        init: Some(false),
        dns: Some(Vec::new()),
        sysctls: Some(HashMap::new()),
        ..HostConfig::default()
    };
    assert_eq!(told(&host), "");
}

#[test]
fn only_what_the_engine_can_take_away_is_lifted() {
    let all = [
        Extra::ProcessLimit,
        Extra::CpuQuota,
        Extra::MemoryLimit,
        Extra::CpuLimit,
        Extra::CpuShares,
        Extra::Privileged,
    ];
    let lifted = all.map(|extra| extra.lift().is_some());
    assert_eq!(lifted, [true, true, false, false, false, false]);
}
