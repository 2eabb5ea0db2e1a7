//! Looking at the lab's server from its inside.

use crate::failure::{Context, Result};
use crate::lab::in_server;
use crate::process;

/// Where the data lies, as the lab's settings have it.
pub(super) const DATA_PATH: &str = "/var/lib/portsip";

pub(super) const CLICKHOUSE: &str = "portsip.clickhouse";
pub(super) const SERVICE: &str = "portsip.dataflow";

const RESET: &str = include_str!("../../lab/reset.sh");

/// Empties the server as `lab reset` does, without a word.
pub(super) fn reset(images: bool) -> Result<()> {
    let what = if images { "images" } else { "" };
    process::capture(in_server().args(["sh", "-c", RESET, "reset.sh", what])).map(drop)
}

/// Runs a script as root; `$0` in it is the data path.
pub(super) fn sh(script: &str) -> Result<String> {
    process::capture(in_server().args(["sh", "-c", script, DATA_PATH]))
}

/// The number that a script tells.
pub(super) fn counted(script: &str) -> Result<f64> {
    let told = sh(script)?;
    told.trim().parse().context(format!("a number ({told})"))
}

/// The database password, as the deployment keeps it.
pub(super) fn password() -> Result<String> {
    let found = sh("sed -n 's/^password *= *//p' \"$0/dataflow/system.ini\"")?;
    Ok(found.trim().to_owned())
}

/// What one of both containers is.
#[derive(Debug, PartialEq)]
pub(super) struct Container {
    id: String,
    started: String,
    image: String,
}

/// Both containers: ClickHouse, then the service.
pub(super) fn containers() -> Result<Vec<Container>> {
    let format = "{{.Id}} {{.State.StartedAt}} {{.Image}}";
    let told = process::capture(
        in_server().args(["docker", "inspect", "--format", format, CLICKHOUSE, SERVICE]),
    )?;
    told.lines()
        .map(|line| {
            let mut words = line.split(' ').map(str::to_owned);
            let mut word = || words.next().context("docker inspect said too little");
            Ok(Container {
                id: word()?,
                started: word()?,
                image: word()?,
            })
        })
        .collect()
}

/// How many of them are not what they were: made again or started again.
pub(super) fn touched(before: &[Container], after: &[Container]) -> f64 {
    differing(before, after, |left, right| left == right)
}

/// How many of them run another image than before.
pub(super) fn other_images(before: &[Container], after: &[Container]) -> f64 {
    differing(before, after, |left, right| left.image == right.image)
}

fn differing(
    before: &[Container],
    after: &[Container],
    same: impl Fn(&Container, &Container) -> bool,
) -> f64 {
    let pairs = before.iter().zip(after);
    pairs
        .map(|(left, right)| f64::from(u8::from(!same(left, right))))
        .sum()
}
