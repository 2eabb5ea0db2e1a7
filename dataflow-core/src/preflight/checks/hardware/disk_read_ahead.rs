//! Read-ahead: not 0 on a disk that turns.

use crate::{
    facts::{Fact, Facts, Medium, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "disk.read-ahead",
    group: Group::Hardware,
    title: "Read-ahead",
    required: "not 0 on a disk that turns",
    source: "ClickHouse: checks at its start",
    why: "ClickHouse warns about a disk that turns and does not read ahead.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let Fact::Known(Medium::Rotational) = facts.storage.data.medium else {
        return Ok(Outcome::skipped("the disk is not known to turn"));
    };
    let kibibytes = *facts.storage.data.read_ahead.get()?;
    Ok(if kibibytes == 0 {
        Outcome::warning("0 KiB").mend("sudo blockdev --setra 256 DEVICE")
    } else {
        Outcome::pass(format!("{kibibytes} KiB"))
    })
}
