//! On a server, with nothing but what each has: one more channel, and dd for each write.

use std::time::Duration;

use super::{
    super::{FactsError, answer::kept, collect::without_sudo},
    LONGEST, WRITES, WriteLatency,
};
use crate::host::{Command, Host, HostError, shown};

const HOW: &str = "each by a dd of its own, timed by dd";

/// The script that writes. It is POSIX sh, and dd with `oflag=dsync`.
pub(super) const PROBE: &str = include_str!("probe.sh");

/// How long one write that hangs is waited for, beyond the time that all may take.
const PATIENCE: Duration = Duration::from_secs(12);

/// Each write is a few lines of dd's.
const LIMIT: usize = 512 * 1024;

/// Writes 4 KiB again and again into a file of its own in `directory` on the server, each time waiting until the disk has it,
/// and removes the file. As root where sudo allows it. Takes up to four seconds.
///
/// # Errors
/// [`FactsError::Host`] where the server can't be asked any more.
pub async fn write_latency_on(host: &Host, directory: &str) -> Result<WriteLatency, FactsError> {
    let command = Command::shell(PROBE)
        .arg(directory)
        .arg(WRITES.to_string())
        // It counts whole seconds, so the first one may be a short one.
        .arg((LONGEST.as_secs() + 1).to_string())
        .deadline(LONGEST + PATIENCE)
        .limit(LIMIT);
    let output = match host.exec(&command.clone().sudo()).await {
        Err(error) if without_sudo(&error).is_some() => host.exec(&command).await,
        output => output,
    };
    match output {
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            Ok(if output.success() {
                understood(&text)
            } else {
                let last = text.lines().rev().find(|line| !line.trim().is_empty());
                let said = shown(last.unwrap_or("nothing was said").as_bytes());
                let reason = format!("no file could be written in {directory}: {said}");
                WriteLatency::unknown(&kept(&reason), HOW)
            })
        }
        Err(error @ (HostError::Deadline { .. } | HostError::TooMuchOutput { .. })) => {
            Ok(WriteLatency::unknown(&kept(&error.to_string()), HOW))
        }
        Err(error) => Err(error.into()),
    }
}

/// What dd said: a line such as `4096 bytes (4.1 kB, 4.0 KiB) copied, 0.000988 s, 4.1 MB/s` for each write.
pub(super) fn understood(text: &str) -> WriteLatency {
    let took: Vec<u64> = text.lines().filter_map(microseconds).take(WRITES).collect();
    if took.is_empty() {
        return WriteLatency::unknown("dd did not say how long it took", HOW);
    }
    WriteLatency::of(took, HOW)
}

fn microseconds(line: &str) -> Option<u64> {
    let (_, said) = line.split_once(" copied, ")?;
    let (seconds, unit) = said.split_once(' ')?;
    let seconds: f64 = seconds.parse().ok()?;
    let unit = unit.split(',').next()?;
    let sensible = matches!(unit, "s" | "seconds") && (0.0..3600.0).contains(&seconds);
    sensible.then_some((seconds * 1_000_000.0).round() as u64)
}
