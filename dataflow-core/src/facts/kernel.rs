//! Settings of the kernel that ClickHouse cares about.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, kept},
};

/// Settings of the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// Which of `always`, `madvise` and `never` holds for transparent huge pages.
    pub huge_pages: Fact<String>,
    /// `vm.overcommit_memory`.
    pub overcommit: Fact<u64>,
    /// `kernel.pid_max`.
    pub pid_max: Fact<u64>,
    /// `kernel.threads-max`.
    pub threads_max: Fact<u64>,
    /// `kernel.task_delayacct`.
    pub delay_accounting: Fact<u64>,
    /// The clock source in use.
    pub clock_source: Fact<String>,
    /// The clock sources that could be used.
    pub clock_sources: Fact<Vec<String>>,
    /// `fs.nr_open`: the most that a limit on open files can be.
    pub nr_open: Fact<u64>,
    /// The hard limit on open files of the session that was used.
    pub nofile: Fact<u64>,
}

impl Kernel {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let sysctl = |name: &str| answer.number(&format!("/proc/sys/{name}"));
        let clock = |name: &str| {
            let path = format!("/sys/devices/system/clocksource/clocksource0/{name}_clocksource");
            Fact::or_unknown(answer.line(&path), &format!("{path} could not be read"))
        };
        let words = |line: &str| line.split_whitespace().map(kept).take(16).collect();
        Self {
            huge_pages: Fact::or_unknown(
                answer
                    .line("/sys/kernel/mm/transparent_hugepage/enabled")
                    .and_then(|line| Some(line.split_once('[')?.1.split_once(']')?.0))
                    .map(kept),
                "/sys/kernel/mm/transparent_hugepage/enabled could not be read",
            ),
            overcommit: sysctl("vm/overcommit_memory"),
            pid_max: sysctl("kernel/pid_max"),
            threads_max: sysctl("kernel/threads-max"),
            delay_accounting: sysctl("kernel/task_delayacct"),
            clock_source: clock("current").map(kept),
            clock_sources: clock("available").map(words),
            nr_open: sysctl("fs/nr_open"),
            nofile: Fact::or_unknown(
                answer.after("began", "hard").and_then(|limit| {
                    if limit == "unlimited" {
                        Some(u64::MAX)
                    } else {
                        limit.parse().ok()
                    }
                }),
                "the shell did not say",
            ),
        }
    }
}
