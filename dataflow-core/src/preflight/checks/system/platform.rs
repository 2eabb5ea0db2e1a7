//! Kind of machine: a server of its own.

use crate::{
    facts::{Facts, Sort, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "os.platform",
    group: Group::System,
    title: "Kind of machine",
    required: "a server of its own",
    source: "guide: Deployment Requirements",
    why: "A notebook sleeps and moves; Windows Subsystem for Linux ends with its window. In a container its limits count as the machine's size.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let platform = facts.system.platform.get()?;
    let seen = platform.product.clone();
    Ok(match platform.sort {
        Sort::Wsl => Outcome::error(seen).mend("Use a server or a virtual machine."),
        _ if platform.portable => Outcome::warning(format!("{seen}, a portable"))
            .mend("Use a server or a virtual machine."),
        Sort::Container => Outcome::note(seen),
        _ => Outcome::pass(seen),
    })
}
