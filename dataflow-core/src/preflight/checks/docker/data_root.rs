//! Room for images: 10 GB free where Docker keeps them.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, size},
};

pub(super) const CHECK: Check = Check {
    id: "docker.data-root",
    group: Group::Docker,
    title: "Room for images",
    required: "10 GB free where Docker keeps them",
    source: "guide: Disk Space Recommendations",
    why: "The two images take some gigabytes, and during an upgrade the old and the new ones are there together. The data itself is under the data path, not here.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let Some(place) = &facts.storage.docker else {
        return Ok(Outcome::skipped("Docker keeps nothing here yet"));
    };
    let free = *place.free.get()?;
    let same = place.mount == facts.storage.data.mount;
    let seen = format!(
        "{} free at {}{}",
        size::disk(free),
        place.path,
        if same { ", the disk of the data" } else { "" }
    );
    Ok(if free < 5 * size::GB {
        Outcome::error(seen)
    } else if free < 10 * size::GB {
        Outcome::warning(seen)
    } else {
        Outcome::pass(seen)
    }
    .mend_if_bad("sudo docker system df; or move it: \"data-root\" in /etc/docker/daemon.json"))
}
