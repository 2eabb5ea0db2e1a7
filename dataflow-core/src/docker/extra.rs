//! What a container was given that no container of ours has: limits, privileges, namespaces. What an engine gives by itself must never
//! be among it, and differs between releases, engine settings and cgroup versions: where an engine fills in its own default (the log
//! driver, the runtime, the size of /dev/shm, the cgroup namespace), a setting is not looked at.

use std::collections::BTreeMap;

use bollard::models::HostConfig;

use super::Update;

/// A setting that no container of ours has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// Memory and swap.
    MemoryLimit,
    /// Memory that is kept for it.
    MemoryReservation,
    /// How readily its memory is swapped out.
    Swappiness,
    /// Whether it is spared when the memory is used up.
    OomKillDisabled,
    /// Number of processes.
    ProcessLimit,
    /// Processor time, as a number of processors.
    CpuLimit,
    /// Processor time, as a share of each period.
    CpuQuota,
    /// Weight when processors are short.
    CpuShares,
    /// The processors and memory nodes it may use.
    CpuSet,
    /// Real-time scheduling.
    CpuRealtime,
    /// Weight and limits of disk access.
    BlockDevices,
    /// All privileges.
    Privileged,
    /// Capabilities taken from the engine's default set.
    DroppedCapabilities,
    /// Devices, and rules for them.
    Devices,
    /// More groups for its user.
    Groups,
    /// A root file system that can't be written.
    ReadOnlyRoot,
    /// Removed by the engine as soon as it stops.
    AutoRemove,
    /// Whose processes it sees.
    PidMode,
    /// With whom it shares memory and semaphores.
    IpcMode,
    /// Whose host name it has.
    UtsMode,
    /// Whose user numbers it has.
    UsernsMode,
    /// AppArmor, SELinux, seccomp and the like.
    SecurityOptions,
    /// Kernel settings.
    Sysctls,
    /// File systems in memory.
    Tmpfs,
    /// Volumes of other containers.
    VolumesFrom,
    /// Names in its hosts file.
    ExtraHosts,
    /// Name servers and their options.
    Dns,
    /// Published ports.
    Ports,
    /// A first process of the engine's.
    Init,
}

impl Extra {
    /// The setting in the operator's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::MemoryLimit => "memory limit",
            Self::MemoryReservation => "memory reservation",
            Self::Swappiness => "swappiness",
            Self::OomKillDisabled => "out-of-memory killer",
            Self::ProcessLimit => "limit of processes",
            Self::CpuLimit => "CPU limit",
            Self::CpuQuota => "CPU quota",
            Self::CpuShares => "CPU shares",
            Self::CpuSet => "CPU set",
            Self::CpuRealtime => "CPU real-time scheduling",
            Self::BlockDevices => "limits of disk access",
            Self::Privileged => "privileged",
            Self::DroppedCapabilities => "dropped capabilities",
            Self::Devices => "devices",
            Self::Groups => "added groups",
            Self::ReadOnlyRoot => "read-only root",
            Self::AutoRemove => "removal when it stops",
            Self::PidMode => "PID mode",
            Self::IpcMode => "IPC mode",
            Self::UtsMode => "UTS mode",
            Self::UsernsMode => "user namespace",
            Self::SecurityOptions => "security options",
            Self::Sysctls => "sysctls",
            Self::Tmpfs => "tmpfs",
            Self::VolumesFrom => "volumes of other containers",
            Self::ExtraHosts => "added hosts",
            Self::Dns => "DNS",
            Self::Ports => "published ports",
            Self::Init => "init process",
        }
    }

    /// What takes it away from a container as it is. The engine has no way to take the others away: in a request to change them, the
    /// word for "none" means "as it is", or is refused, as it is for memory.
    pub fn lift(self) -> Option<Update> {
        match self {
            Self::ProcessLimit => Some(Update::NoProcessLimit),
            Self::CpuQuota => Some(Update::NoCpuQuota),
            _ => None,
        }
    }
}

pub(super) fn extras(host: &HostConfig) -> BTreeMap<Extra, String> {
    let mut extras = BTreeMap::new();
    let mut add = |extra: Extra, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            extras.insert(extra, value);
        }
    };
    add(Extra::MemoryLimit, memory(host));
    add(
        Extra::MemoryReservation,
        positive(host.memory_reservation).map(bytes),
    );
    // Older engines write -1 for "the engine's".
    let swappiness = host.memory_swappiness.filter(|value| *value >= 0);
    add(Extra::Swappiness, swappiness.map(|value| value.to_string()));
    add(
        Extra::OomKillDisabled,
        set(host.oom_kill_disable).map(|_| "off".to_owned()),
    );
    add(
        Extra::ProcessLimit,
        positive(host.pids_limit).map(|limit| limit.to_string()),
    );
    let cpus = positive(host.nano_cpus);
    add(
        Extra::CpuLimit,
        cpus.map(|nano| format!("{} CPUs", nano as f64 / 1e9)),
    );
    let quota = positive(host.cpu_quota);
    add(
        Extra::CpuQuota,
        quota.map(|quota| {
            let period = positive(host.cpu_period).unwrap_or(100_000);
            format!("{quota} of {period} us")
        }),
    );
    add(
        Extra::CpuShares,
        positive(host.cpu_shares).map(|shares| shares.to_string()),
    );
    let sets = [
        ("CPUs", &host.cpuset_cpus),
        ("memory nodes", &host.cpuset_mems),
    ];
    add(
        Extra::CpuSet,
        Some(joined(sets.into_iter().filter_map(|(what, set)| {
            let set = set.as_ref().filter(|set| !set.is_empty())?;
            Some(format!("{what} {set}"))
        }))),
    );
    add(
        Extra::CpuRealtime,
        positive(host.cpu_realtime_runtime).map(|time| format!("{time} us")),
    );
    add(Extra::BlockDevices, block_devices(host));
    add(Extra::Privileged, set(host.privileged));
    let dropped =
        list(&host.cap_drop).map(|cap| cap.strip_prefix("CAP_").unwrap_or(cap).to_owned());
    add(Extra::DroppedCapabilities, Some(joined(dropped)));
    add(Extra::Devices, devices(host));
    add(Extra::Groups, Some(joined(list(&host.group_add).cloned())));
    add(Extra::ReadOnlyRoot, set(host.readonly_rootfs));
    add(Extra::AutoRemove, set(host.auto_remove));
    add(Extra::PidMode, host.pid_mode.clone());
    // Which of the two an engine takes by itself is one of its settings.
    let ipc = host.ipc_mode.as_ref();
    add(
        Extra::IpcMode,
        ipc.filter(|mode| !matches!(mode.as_str(), "private" | "shareable"))
            .cloned(),
    );
    add(Extra::UtsMode, host.uts_mode.clone());
    add(Extra::UsernsMode, host.userns_mode.clone());
    add(
        Extra::SecurityOptions,
        Some(joined(list(&host.security_opt).cloned())),
    );
    add(Extra::Sysctls, Some(joined(pairs(&host.sysctls))));
    add(
        Extra::Tmpfs,
        Some(joined(
            host.tmpfs.iter().flatten().map(|(path, _)| path.clone()),
        )),
    );
    add(
        Extra::VolumesFrom,
        Some(joined(list(&host.volumes_from).cloned())),
    );
    add(
        Extra::ExtraHosts,
        Some(joined(list(&host.extra_hosts).cloned())),
    );
    let dns = [&host.dns, &host.dns_options, &host.dns_search];
    add(
        Extra::Dns,
        Some(joined(dns.into_iter().flat_map(list).cloned())),
    );
    let ports = host
        .port_bindings
        .iter()
        .flatten()
        .map(|(port, _)| port.clone());
    add(Extra::Ports, Some(joined(ports)));
    add(Extra::Init, set(host.init));
    extras
}

/// A number that sets a limit: engines write 0, -1 or nothing for none.
fn positive(number: Option<i64>) -> Option<i64> {
    number.filter(|number| *number > 0)
}

fn set(flag: Option<bool>) -> Option<String> {
    flag.filter(|flag| *flag).map(|_| "yes".to_owned())
}

fn list(list: &Option<Vec<String>>) -> impl Iterator<Item = &String> {
    list.iter().flatten()
}

fn joined(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words.join(" ")
}

fn pairs(map: &Option<std::collections::HashMap<String, String>>) -> impl Iterator<Item = String> {
    map.iter()
        .flatten()
        .map(|(key, value)| format!("{key}={value}"))
}

fn bytes(count: i64) -> String {
    const MIB: i64 = 1024 * 1024;
    if count % MIB == 0 {
        format!("{} MiB", count / MIB)
    } else {
        format!("{count} bytes")
    }
}

fn memory(host: &HostConfig) -> Option<String> {
    match (positive(host.memory), positive(host.memory_swap)) {
        (None, None) => None,
        (Some(memory), None) => Some(bytes(memory)),
        (Some(memory), Some(both)) => Some(format!("{}, {} with swap", bytes(memory), bytes(both))),
        (None, Some(both)) => Some(format!("{} with swap", bytes(both))),
    }
}

fn block_devices(host: &HostConfig) -> Option<String> {
    let weight = host.blkio_weight.filter(|weight| *weight > 0);
    let weights = host
        .blkio_weight_device
        .iter()
        .flatten()
        .map(|one| &one.path);
    let throttled = [
        &host.blkio_device_read_bps,
        &host.blkio_device_write_bps,
        &host.blkio_device_read_iops,
        &host.blkio_device_write_iops,
    ];
    let throttled = throttled
        .into_iter()
        .flatten()
        .flatten()
        .map(|one| &one.path);
    let paths = weights.chain(throttled).flatten().cloned();
    Some(joined(
        weight
            .map(|weight| format!("weight {weight}"))
            .into_iter()
            .chain(paths),
    ))
}

fn devices(host: &HostConfig) -> Option<String> {
    let mapped = host.devices.iter().flatten();
    let mapped = mapped.filter_map(|device| device.path_on_host.clone());
    let requests = host.device_requests.iter().flatten();
    let requests =
        requests.map(|request| format!("driver {}", request.driver.as_deref().unwrap_or_default()));
    Some(joined(
        mapped
            .chain(list(&host.device_cgroup_rules).cloned())
            .chain(requests),
    ))
}

#[cfg(test)]
#[path = "extra_tests.rs"]
mod tests;
