//! What a running container takes of the machine.

use std::collections::HashMap;

use bollard::{
    models::{ContainerMemoryStats, ContainerStatsResponse},
    query_parameters::StatsOptionsBuilder,
};
use futures_util::StreamExt;

use super::{
    DockerError,
    engine::{ANSWER, Engine},
};

/// What a running container takes of the machine, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Usage {
    /// The container.
    pub name: String,
    /// Processor time that it has used since it was started, in nanoseconds.
    pub used_ns: u64,
    /// Processor time that the whole machine has had since it was started, in nanoseconds.
    pub machine_ns: u64,
    /// How many processors the machine has.
    pub processors: u32,
    /// Memory that it holds, in bytes, without what the kernel keeps of files only because there is room.
    pub memory: u64,
    /// The most that it may hold, in bytes: the machine's memory, where it has no limit of its own.
    pub memory_limit: u64,
}

impl Usage {
    /// How many processors it kept busy since an earlier moment; `None` where that is not told by the two.
    #[must_use]
    pub fn processors_busy_since(&self, before: &Self) -> Option<f64> {
        let machine = self.machine_ns.checked_sub(before.machine_ns)?;
        // It was started anew in between.
        let used = self.used_ns.checked_sub(before.used_ns)?;
        if machine == 0 || self.name != before.name {
            return None;
        }
        #[allow(
            clippy::cast_precision_loss,
            reason = "a share needs no more than 15 digits"
        )]
        let share = used as f64 / machine as f64;
        Some(share * f64::from(self.processors))
    }
}

impl Engine {
    /// What a container takes of the machine; `None` where there is none of this name, or it does not run.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn usage(&self, name: &str) -> Result<Option<Usage>, DockerError> {
        // One reading, at once: for two of them the engine would take a second.
        let once = StatsOptionsBuilder::new()
            .stream(false)
            .one_shot(true)
            .build();
        let mut asked = self.docker.stats(name, Some(once));
        let doing = format!("tell what {name} uses");
        let first = async { asked.next().await.transpose() };
        match self.within(ANSWER, &doing, first).await {
            Ok(said) => Ok(said.and_then(|said| usage(name, said))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Of a container that does not run, the engine says nothing but the names of what it would say.
fn usage(name: &str, said: ContainerStatsResponse) -> Option<Usage> {
    let processors = said.cpu_stats?;
    let memory = said.memory_stats?;
    Some(Usage {
        name: name.to_owned(),
        used_ns: processors.cpu_usage?.total_usage?,
        machine_ns: processors.system_cpu_usage?,
        processors: processors.online_cpus?,
        memory: held(&memory)?,
        memory_limit: memory.limit?,
    })
}

/// As `docker stats` reckons: the kernel calls pages of files that nobody reads any more used, too.
fn held(memory: &ContainerMemoryStats) -> Option<u64> {
    let used = memory.usage?;
    let idle = |stats: &HashMap<String, u64>| {
        // The first is of the older sort of control groups.
        let names = ["total_inactive_file", "inactive_file"];
        names.iter().find_map(|name| stats.get(*name).copied())
    };
    let idle = memory.stats.as_ref().and_then(idle).unwrap_or_default();
    Some(used.saturating_sub(idle))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn said(text: &str) -> Option<Usage> {
        usage("portsip.clickhouse", serde_json::from_str(text).unwrap())
    }

    const RUNNING: &str = r#"{"read":"2026-11-24T12:00:00Z","name":"/portsip.clickhouse",
        "cpu_stats":{"cpu_usage":{"total_usage":7000000000},"system_cpu_usage":800000000000,"online_cpus":4},
        "memory_stats":{"usage":900,"limit":8000,"stats":{"inactive_file":200}}}"#;

    #[test]
    fn memory_counts_without_files_that_are_only_kept_because_there_is_room() {
        let v2 = said(RUNNING).unwrap();
        assert_eq!((v2.memory, v2.memory_limit), (700, 8000));
        let v1 = RUNNING.replace("inactive_file", "total_inactive_file");
        assert_eq!(said(&v1).unwrap().memory, 700);
        let none = RUNNING.replace("\"inactive_file\":200", "");
        assert_eq!(said(&none).unwrap().memory, 900);
    }

    #[test]
    fn processors_that_were_busy_are_told_by_two_readings() {
        let before = said(RUNNING).unwrap();
        let after = Usage {
            used_ns: before.used_ns + 2_000_000_000,
            machine_ns: before.machine_ns + 16_000_000_000,
            ..before.clone()
        };
        let busy = after.processors_busy_since(&before).unwrap();
        assert!((busy - 0.5).abs() < 1e-9, "{busy}");
        // Started anew, and the same reading again.
        assert_eq!(before.processors_busy_since(&after), None);
        assert_eq!(before.processors_busy_since(&before), None);
    }

    #[test]
    fn of_a_container_that_does_not_run_nothing_is_told() {
        let stopped = r#"{"cpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{}}"#;
        assert_eq!(said(stopped), None);
        assert_eq!(said("{}"), None);
    }
}
