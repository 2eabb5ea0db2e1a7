//! The limits of the container that the machine is, if it is one, by control groups of either version.

use super::{Fact, answer::Answer};

/// A limit of version 1 from here on is none: the kernel rounds the largest number down to a page.
const NO_LIMIT: u64 = 1 << 60;

const ROOT: &str = "/sys/fs/cgroup";

/// The least of the limits on memory, in bytes.
pub(super) fn memory_limit(answer: &Answer<'_>) -> Fact<Option<u64>> {
    let limits = ["/memory.max", "/memory.limit_in_bytes"]
        .into_iter()
        .flat_map(|file| answer.each(ROOT, file))
        .filter_map(|(_, line)| line.parse().ok());
    Fact::Known(limits.filter(|limit| *limit < NO_LIMIT).min())
}

/// The least of the limits on CPU time, in thousandths of a CPU.
pub(super) fn cpu_limit(answer: &Answer<'_>) -> Fact<Option<u64>> {
    let second = answer
        .each(ROOT, "/cpu.max")
        .filter_map(|(_, line)| share(line));
    let first = answer
        .each(ROOT, "/cpu.cfs_quota_us")
        .filter_map(|(group, quota)| {
            let period = answer.line(&format!("{ROOT}{group}/cpu.cfs_period_us"))?;
            share(&format!("{quota} {period}"))
        });
    Fact::Known(second.chain(first).min())
}

/// Reads `QUOTA PERIOD`; `max` and negative quotas are none.
fn share(line: &str) -> Option<u64> {
    let (quota, period) = line.split_once(' ')?;
    let (quota, period): (u64, u64) = (quota.parse().ok()?, period.parse().ok()?);
    quota.checked_mul(1000)?.checked_div(period)
}
