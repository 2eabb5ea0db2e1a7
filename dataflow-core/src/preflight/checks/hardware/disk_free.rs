//! Free space on the data disk: 10 GB; half of the minimum size to begin with.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome, size},
};

pub(super) const CHECK: Check = Check {
    id: "disk.free",
    group: Group::Hardware,
    title: "Free space on the data disk",
    required: "10 GB; half of the minimum size to begin with",
    source: "ClickHouse: checks at its start; guide: Disk Space Recommendations",
    why: "Below 10 GB the images and the first data do not fit, and ClickHouse stops taking rows before its disk is full. Less than half of the guide's 128 GB leaves little room to grow.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let free = *facts.storage.data.free.get()?;
    let seen = format!("{} free", size::disk(free));
    Ok(if free < 10 * size::GB {
        Outcome::error(seen)
    } else if free < 64 * size::GB {
        Outcome::warning(seen)
    } else {
        Outcome::pass(seen)
    }
    .mend_if_bad(format!(
        "sudo du -xh --max-depth=2 {} | sort -h | tail  # what takes it",
        facts.storage.data.mount.known().map_or("/", String::as_str)
    )))
}
