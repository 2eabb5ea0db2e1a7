//! Operating system: Ubuntu 24.04, 64-bit.

use crate::{
    facts::{Facts, Unseen},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "os.release",
    group: Group::System,
    title: "Operating system",
    required: "Ubuntu 24.04, 64-bit",
    source: "guide: Supported Linux Operating System",
    why: "The guide supports Ubuntu 24.04, 64-bit. Other releases of Ubuntu, Debian and the Red Hat family, on which the vendor's own scripts work too, are a warning; others, and 32 bits, are an error.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let os = facts.system.os.get()?;
    let architecture = facts.system.architecture.get()?;
    let seen = format!("{}, {architecture}", os.name);
    Ok(
        if !matches!(architecture.as_str(), "x86_64" | "aarch64" | "arm64") {
            Outcome::error(seen)
        } else if os.id == "ubuntu" && os.version == "24.04" {
            Outcome::pass(seen)
        } else if os.has_apt() || os.has_dnf() {
            Outcome::warning(seen)
        } else {
            Outcome::error(seen)
        }
        .mend_if_bad("Set the machine up anew with Ubuntu Server 24.04 LTS, 64-bit."),
    )
}
