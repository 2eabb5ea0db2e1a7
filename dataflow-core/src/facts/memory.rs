//! Memory and swap.

use serde::{Deserialize, Serialize};

use super::{Fact, answer::Answer, cgroup};

/// Memory, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// What the kernel has to give; firmware and the kernel itself have taken their part already.
    pub total: Fact<u64>,
    /// What a new program could have without swapping.
    pub available: Fact<u64>,
    /// The most that a container may use; `None`: no limit.
    pub limit: Fact<Option<u64>>,
    /// Swap space.
    pub swap: Fact<u64>,
}

impl Memory {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let info = |key: &str| {
            let line = answer
                .file("/proc/meminfo")?
                .iter()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
            let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
            kibibytes.checked_mul(1024)
        };
        let fact = |key: &str| Fact::or_unknown(info(key), "/proc/meminfo does not say");
        Self {
            total: fact("MemTotal"),
            available: fact("MemAvailable"),
            limit: cgroup::memory_limit(answer),
            swap: fact("SwapTotal"),
        }
    }

    /// What Data Flow would have of it.
    #[must_use]
    pub fn usable(&self) -> Fact<u64> {
        match (&self.total, &self.limit) {
            (Fact::Known(total), Fact::Known(Some(limit))) => Fact::Known(*total.min(limit)),
            (total, _) => total.clone(),
        }
    }
}
