//! Write latency: 99 of 100 writes are on the disk within 10 ms.

use crate::{
    facts::{Facts, Unseen, milliseconds},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "disk.latency",
    group: Group::Hardware,
    title: "Write latency",
    required: "99 of 100 writes are on the disk within 10 ms",
    source: "ClickHouse: advice for disks",
    why: "Writes 4 KiB some hundred times beside the data path, waits each time until the disk has it, and removes the file. On a server that is asked over SSH each write is a dd of its own, and what counts is the time that dd itself says, without its start. Done only when asked for with --disk-probe.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let Some(latency) = &facts.storage.write_latency else {
        return Ok(Outcome::skipped("not measured (--disk-probe)"));
    };
    let microseconds = *latency.p99.get()?;
    let mean = latency.mean.known().map_or_else(String::new, |mean| {
        format!("{} on average; ", milliseconds(*mean))
    });
    let seen = format!(
        "{} ({mean}{} writes, {})",
        milliseconds(microseconds),
        latency.writes,
        latency.how
    );
    Ok(if microseconds > 10_000 {
        Outcome::warning(seen).mend("Use a faster disk; on EC2, gp3 or io2 with more IOPS.")
    } else {
        Outcome::pass(seen)
    })
}
