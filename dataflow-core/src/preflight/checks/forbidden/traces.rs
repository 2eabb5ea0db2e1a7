//! The traces that software of the catalogue leaves on a machine.

use std::collections::BTreeMap;

use crate::{
    facts::{
        Container, Facts, Listener, Unseen,
        catalogue::{CATALOGUE, Purpose, fits},
    },
    preflight::{Outcome, remedy},
};

/// What was found of one purpose.
pub(super) struct Traces {
    purpose: Purpose,
    /// What was found, by the software's name.
    found: BTreeMap<&'static str, Vec<String>>,
    /// What was found and is nobody's in the catalogue.
    others: Vec<String>,
    packages: Vec<String>,
    units: Vec<String>,
    /// Whether any of it is at work, and not only there.
    works: bool,
    /// Why something could not be looked at.
    unseen: Option<Unseen>,
}

/// Looks for the packages, units, processes and places of the catalogue's software.
pub(super) fn traces(facts: &Facts, purpose: Purpose) -> Traces {
    let software = &facts.software;
    let mut traces = Traces {
        purpose,
        found: BTreeMap::new(),
        others: Vec::new(),
        packages: Vec::new(),
        units: Vec::new(),
        works: false,
        unseen: software
            .packages
            .get()
            .err()
            .or_else(|| software.processes.get().err()),
    };
    for trace in CATALOGUE.iter().filter(|trace| trace.purpose == purpose) {
        let is = |name: &str, patterns: &[&str]| patterns.iter().any(|pattern| fits(name, pattern));
        let mut found = Vec::new();
        for package in software.packages.known().into_iter().flatten() {
            if is(package, trace.packages) {
                found.push(format!("package {package}"));
                traces.packages.push(package.clone());
            }
        }
        for unit in software.units.known().into_iter().flatten() {
            if (unit.active || unit.enabled) && is(&unit.name, trace.units) {
                traces.works |= unit.active;
                found.push(unit.name.clone());
                traces.units.push(unit.name.clone());
            }
        }
        for process in software.processes.known().into_iter().flatten() {
            if is(process, trace.processes) {
                traces.works = true;
                found.push(format!("process {process}"));
            }
        }
        for place in &software.places {
            let snap = place.trim_end_matches("/current");
            if is(snap, trace.places) {
                found.push(place.clone());
            }
        }
        if !found.is_empty() {
            traces.found.insert(trace.name, found);
        }
    }
    traces
}

impl Traces {
    /// Looks at who listens.
    pub(super) fn see_listeners(&mut self, facts: &Facts, what: impl Fn(&Listener) -> bool) {
        match facts.network.listeners.get() {
            Ok(listeners) => {
                let found = listeners.iter().filter(|listener| what(listener));
                self.others.extend(found.map(ToString::to_string));
            }
            Err(unseen) => self.unseen = Some(unseen),
        }
        self.works |= !self.others.is_empty();
    }

    /// Looks at containers.
    pub(super) fn see_containers(&mut self, facts: &Facts, what: impl Fn(&Container) -> bool) {
        if !facts.docker.installed {
            return;
        }
        match facts.docker.containers.get() {
            Ok(containers) => {
                let found = containers.iter().filter(|container| what(container));
                self.others
                    .extend(found.map(|container| format!("container {}", container.name)));
            }
            Err(unseen) => self.unseen = Some(unseen),
        }
    }

    /// Looks at network interfaces.
    pub(super) fn see_interfaces(&mut self, facts: &Facts) {
        for interface in &facts.network.interfaces {
            let owner = CATALOGUE.iter().find(|trace| {
                let is = |name: &str| trace.interfaces.iter().any(|pattern| fits(name, pattern));
                trace.purpose == self.purpose && (is(&interface.name) || is(&interface.sort))
            });
            let said = format!("interface {}", interface.name);
            match owner {
                Some(owner) => self.found.entry(owner.name).or_default().push(said),
                // A program is behind it, and it is not a virtual machine's.
                None if interface.sort == "tun" && !interface.name.starts_with("vnet") => {
                    self.others.push(said);
                }
                None => continue,
            }
            self.works = true;
        }
    }

    /// Something found is an error; a DNS or DHCP server that is installed and does nothing is a warning, since the guide forbids
    /// the role and not the package.
    pub(super) fn outcome(mut self, facts: &Facts) -> Result<Outcome, Unseen> {
        self.others.sort();
        self.others.dedup();
        let mut seen: Vec<String> = self
            .found
            .iter()
            .map(|(name, found)| format!("{name} ({})", found.join(", ")))
            .collect();
        seen.extend(self.others.iter().cloned());
        if seen.is_empty() {
            return match self.unseen {
                Some(unseen) => Err(unseen),
                None => Ok(Outcome::pass("none found")),
            };
        }
        let role = matches!(self.purpose, Purpose::DnsServer | Purpose::DhcpServer);
        let seen = seen.join("; ");
        let mut outcome = if role && !self.works {
            Outcome::warning(format!("{seen}, which does nothing now"))
        } else {
            Outcome::error(seen)
        };
        if !self.units.is_empty() {
            let units = self.units.join(" ");
            outcome = outcome.mend(format!("sudo systemctl disable --now {units}"));
        }
        if !self.packages.is_empty() {
            let packages: Vec<&str> = self.packages.iter().map(String::as_str).collect();
            outcome = outcome.mend(remedy::remove(facts, &packages));
        }
        if outcome.remedy.is_empty() {
            outcome = outcome.mend("Remove it, or use another machine: sudo ss -lntup; ps -ef");
        }
        Ok(outcome)
    }
}
