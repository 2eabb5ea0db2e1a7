//! Open files: a limit of 655360 is allowed (fs.nr_open).

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "kernel.nofile",
    group: Group::Kernel,
    title: "Open files",
    required: "a limit of 655360 is allowed (fs.nr_open)",
    source: "the vendor's containers",
    why: "The containers are started with a limit of 655360 open files; the kernel refuses limits above fs.nr_open.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let most = *facts.kernel.nr_open.get()?;
    Ok(if most < 655_360 {
        Outcome::error(format!("fs.nr_open is {most}")).set("fs.nr_open", most.into(), "1048576")
    } else {
        Outcome::pass(format!("fs.nr_open is {most}"))
    })
}
