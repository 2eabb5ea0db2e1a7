//! Storage driver: overlay2 or another fast one.

use super::engine;
use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "docker.storage",
    group: Group::Docker,
    title: "Storage driver",
    required: "overlay2 or another fast one",
    source: "Docker: storage drivers",
    why: "vfs copies every layer, and devicemapper and aufs are no longer looked after.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let Some(engine) = engine(facts)? else {
        return Ok(Outcome::skipped("Docker is not installed"));
    };
    let driver = engine.storage_driver.as_str();
    Ok(match driver {
        "vfs" | "devicemapper" | "aufs" | "overlay" | "fuse-overlayfs" => Outcome::warning(driver).mend(
            "In /etc/docker/daemon.json: \"storage-driver\": \"overlay2\"; images and containers have to be made anew.",
        ),
        _ => Outcome::pass(driver),
    })
}
