//! The processor: how much of it there is, and what it can do.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, kept},
    cgroup,
};

/// The processor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processor {
    /// The virtual CPUs that are online.
    pub online: Fact<u32>,
    /// The CPU time that a container may use, in thousandths of a CPU; `None`: no limit.
    pub limit: Fact<Option<u64>>,
    /// Its name.
    pub model: Fact<String>,
    /// Whether it has the vector instructions that ClickHouse is built for: SSE 4.2, or on ARM ASIMD.
    pub vector: Fact<bool>,
}

impl Processor {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let online = answer
            .line("/sys/devices/system/cpu/online")
            .and_then(count);
        let info = |key: &str| {
            answer.lines("cpu").find_map(|line| {
                let (name, value) = line.split_once(':')?;
                (name.trim() == key).then(|| value.trim())
            })
        };
        let allowed = answer
            .file("/proc/self/status")
            .unwrap_or_default()
            .iter()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
            .and_then(|list| count(list.trim()));
        // A container may be bound to a part of the CPUs.
        let online = match (online, allowed) {
            (Some(online), Some(allowed)) => Some(online.min(allowed)),
            (online, allowed) => online.or(allowed),
        };
        let vector = match (info("flags"), info("Features")) {
            (Some(flags), _) => Fact::Known(flags.split_whitespace().any(|flag| flag == "sse4_2")),
            (_, Some(features)) => {
                Fact::Known(features.split_whitespace().any(|flag| flag == "asimd"))
            }
            _ => Fact::unknown("/proc/cpuinfo names no flags"),
        };
        Self {
            online: Fact::or_unknown(online, "/sys/devices/system/cpu/online could not be read"),
            limit: cgroup::cpu_limit(answer),
            model: Fact::or_unknown(
                info("model name").or_else(|| info("Model")).map(kept),
                "/proc/cpuinfo names no model",
            ),
            vector,
        }
    }

    /// What Data Flow would have of it, in thousandths of a CPU.
    #[must_use]
    pub fn usable(&self) -> Fact<u64> {
        match (&self.online, &self.limit) {
            (Fact::Unknown(reason), _) => Fact::unknown(reason),
            (Fact::Known(online), Fact::Known(Some(limit))) => {
                Fact::Known((u64::from(*online) * 1000).min(*limit))
            }
            (Fact::Known(online), _) => Fact::Known(u64::from(*online) * 1000),
        }
    }
}

/// How many CPUs a list such as `0-3,8` names.
fn count(list: &str) -> Option<u32> {
    let mut sum = 0u32;
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        sum = sum.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    Some(sum)
}
