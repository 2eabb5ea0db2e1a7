//! Commands that mend, as this distribution has them.

use crate::facts::{Fact, Facts, Os};

/// Installs a package.
pub(super) fn install(facts: &Facts, package: &str) -> String {
    if uses(facts, Os::has_dnf) {
        format!("sudo dnf install -y {package}")
    } else {
        format!("sudo apt-get update && sudo apt-get install -y {package}")
    }
}

/// Removes packages.
pub(super) fn remove(facts: &Facts, packages: &[&str]) -> String {
    let packages = packages.join(" ");
    if uses(facts, Os::has_dnf) {
        format!("sudo dnf remove {packages}")
    } else {
        format!("sudo apt-get purge {packages}")
    }
}

/// Installs all updates.
pub(super) fn update(facts: &Facts) -> String {
    if uses(facts, Os::has_dnf) {
        "sudo dnf upgrade -y".to_owned()
    } else {
        "sudo apt-get update && sudo apt-get -y dist-upgrade".to_owned()
    }
}

/// Sets a setting of the kernel now and for every start.
pub(super) fn sysctl(name: &str, value: &str) -> String {
    format!(
        "echo '{name} = {value}' | sudo tee /etc/sysctl.d/90-dataflow-{}.conf && sudo sysctl -w {name}={value}",
        name.replace('.', "-")
    )
}

fn uses(facts: &Facts, what: fn(&Os) -> bool) -> bool {
    matches!(&facts.system.os, Fact::Known(os) if what(os))
}
