//! Version of Docker: 20.10.10 or newer.

use super::engine;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "docker.version",
    group: Group::Docker,
    title: "Version of Docker",
    required: "20.10.10 or newer",
    source: "ClickHouse: its container image",
    why: "Older engines refuse system calls that the C library in ClickHouse's image needs.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let Some(engine) = engine(facts)? else {
        return Ok(Outcome::skipped("Docker is not installed"));
    };
    let version = numbers(&engine.version)
        .ok_or_else(|| Unseen(format!("{} is no version", engine.version)))?;
    Ok(if version < [20, 10, 10] {
        Outcome::error(&engine.version).mend("Update Docker Engine.")
    } else {
        Outcome::pass(&engine.version)
    })
}

/// The first three numbers of a version such as `20.10.24+dfsg1`.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut numbers = version
        .split(|c: char| !c.is_ascii_digit())
        .map(|number| number.parse().ok());
    Some([
        numbers.next()??,
        numbers.next()??,
        numbers.next().flatten().unwrap_or(0),
    ])
}
