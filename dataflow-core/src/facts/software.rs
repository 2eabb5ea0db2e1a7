//! Software that matters: packages, units and processes by name.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, MOST, kept},
};

/// Software that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Software {
    /// The installed packages of the catalogue's software.
    pub packages: Fact<Vec<String>>,
    /// The units of systemd that the catalogue or a check names and that are there.
    pub units: Fact<Vec<Unit>>,
    /// The names of the processes, each once.
    pub processes: Fact<Vec<String>>,
    /// Places that tell of software installed without a package manager, and snaps.
    pub places: Vec<String>,
}

/// A unit of systemd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// Whether it runs.
    pub active: bool,
    /// Whether it will run after a restart.
    pub enabled: bool,
    /// Whether it can't be started at all.
    pub masked: bool,
}

impl Software {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        Self {
            packages: packages(answer),
            units: units(answer),
            processes: processes(answer),
            places: answer
                .lines("there")
                .filter(|path| {
                    path.starts_with("/opt/")
                        || path.starts_with("/snap/")
                        || path.starts_with("/var/lib/zerotier")
                })
                .map(kept)
                .take(MOST)
                .collect(),
        }
    }

    /// Whether a unit runs.
    #[must_use]
    pub fn runs(&self, unit: &str) -> bool {
        self.units
            .known()
            .is_some_and(|units| units.iter().any(|found| found.name == unit && found.active))
    }
}

fn packages(answer: &Answer<'_>) -> Fact<Vec<String>> {
    let said = answer.said("packages", "the package manager");
    said.map(|said| {
        said.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_whitespace().next())
            .map(kept)
            .take(MOST)
            .collect()
    })
}

fn processes(answer: &Answer<'_>) -> Fact<Vec<String>> {
    let mut names: Vec<String> = answer
        .each("/proc/", "/comm")
        .map(|(_, name)| kept(name))
        .collect();
    if names.is_empty() {
        return Fact::unknown("/proc shows no process");
    }
    names.sort();
    names.dedup();
    // Those of the kernel's own threads have a slash or come in dozens; a list has its end all the same.
    names.retain(|name| !name.starts_with("kworker/"));
    names.truncate(MOST);
    Fact::Known(names)
}

/// Blocks of `KEY=VALUE`, an empty line between.
pub(super) fn units(answer: &Answer<'_>) -> Fact<Vec<Unit>> {
    answer
        .said("units", "systemctl")
        .map(|said| said.split("\n\n").filter_map(unit).take(MOST).collect())
}

fn unit(block: &str) -> Option<Unit> {
    let value = |key: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    };
    if value("LoadState")? == "not-found" {
        return None;
    }
    let file = value("UnitFileState").unwrap_or_default();
    Some(Unit {
        name: kept(value("Id")?),
        active: matches!(value("ActiveState")?, "active" | "activating" | "reloading"),
        enabled: file.starts_with("enabled"),
        masked: value("LoadState") == Some("masked") || file.starts_with("masked"),
    })
}
