//! From what a server's system is to how Docker is installed on it.

use std::{collections::HashMap, fmt};

use crate::{
    explain::{Explain, Kind},
    host::shown,
};

/// The fingerprint of the key that signs Docker's packages for Debian and Ubuntu, as Docker publishes it.
const APT_KEY: &str = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

/// The same for packages for dnf.
const DNF_KEY: &str = "060A61C51B558A7F742B77AAC52FEB6B621E9F35";

/// Where Docker keeps its packages.
const DOCKER: &str = "https://download.docker.com/linux";

/// Whose packages Docker is installed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DockerSource {
    /// Those of the server's distribution.
    Distribution,
    /// Docker's own.
    Docker,
}

/// How Docker is installed on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockerInstall {
    /// The server's system, as it names itself.
    system: String,
    source: DockerSource,
    pub(super) script: &'static str,
    pub(super) arguments: Vec<String>,
}

/// Why Docker can't be installed by this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotInstall {
    /// Not on this system.
    #[error(
        "Docker is not installed, and this program does not know how to install it on {system}"
    )]
    UnknownSystem {
        /// The system, as it names itself.
        system: String,
    },
    /// The system has no packages of it.
    #[error("Docker is not installed, and {system} has no packages of it")]
    NotInDistribution {
        /// The system, as it names itself.
        system: String,
    },
    /// The system does not start services with systemd.
    #[error("Docker is not installed, and there is no systemd on {system} to start it")]
    NoSystemd {
        /// The system, as it names itself.
        system: String,
    },
}

impl Explain for CannotInstall {
    fn kind(&self) -> Kind {
        Kind::Precondition
    }

    fn next_step(&self) -> String {
        match self {
            Self::NotInDistribution { .. } => {
                "Give --install-docker=docker to install Docker's own packages.".into()
            }
            Self::UnknownSystem { .. } | Self::NoSystemd { .. } => {
                "Install Docker 20.10 or later on the server yourself, then run the same command again.".into()
            }
        }
    }
}

/// What is asked of a server before Docker is planned for it.
pub(super) const QUESTION: &str = "cat /etc/os-release
test -d /run/systemd/system && echo HAS=systemd
for tool in apt-get dnf; do command -v $tool >/dev/null && echo HAS=$tool; done
true";

impl DockerInstall {
    /// How it is installed on the system that gave this answer.
    pub(super) fn plan(answer: &str, source: DockerSource) -> Result<Self, CannotInstall> {
        let (has, facts): (Vec<_>, Vec<_>) = answer
            .lines()
            .filter_map(|line| line.trim().split_once('='))
            .partition(|(key, _)| *key == "HAS");
        let facts: HashMap<&str, &str> = facts
            .into_iter()
            .map(|(key, value)| (key, value.trim_matches(['"', '\''])))
            .collect();
        let fact = |key: &str| facts.get(key).copied().unwrap_or_default();
        let has = |tool: &str| has.contains(&("HAS", tool));
        let named = fact("PRETTY_NAME");
        let system = if named.is_empty() {
            "a system that does not name itself".to_owned()
        } else {
            shown(named.as_bytes())
        };
        let is = |id: &str| fact("ID") == id;
        let is_like = |id: &str| is(id) || fact("ID_LIKE").split(' ').any(|like| like == id);
        let apt = has("apt-get") && (is_like("debian") || is_like("ubuntu"));
        let dnf = has("dnf") && (is_like("rhel") || is_like("centos") || is_like("fedora"));
        if !apt && !dnf {
            return Err(CannotInstall::UnknownSystem { system });
        }
        if !has("systemd") {
            return Err(CannotInstall::NoSystemd { system });
        }
        let (script, arguments) = match source {
            DockerSource::Distribution if apt => (include_str!("apt.sh"), Vec::new()),
            DockerSource::Distribution => return Err(CannotInstall::NotInDistribution { system }),
            DockerSource::Docker if apt => {
                // Docker has packages for these two; what is made from one of them names the release it was made from.
                let (distribution, suite) = if is("debian") {
                    ("debian", fact("VERSION_CODENAME"))
                } else if !fact("UBUNTU_CODENAME").is_empty() {
                    ("ubuntu", fact("UBUNTU_CODENAME"))
                } else {
                    ("debian", fact("DEBIAN_CODENAME"))
                };
                if suite.is_empty() || !suite.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    return Err(CannotInstall::UnknownSystem { system });
                }
                let arguments = [&format!("{DOCKER}/{distribution}"), suite, APT_KEY];
                (
                    include_str!("apt.sh"),
                    arguments.map(str::to_owned).to_vec(),
                )
            }
            DockerSource::Docker => {
                let distribution = match fact("ID") {
                    own @ ("fedora" | "rhel") => own,
                    _ => "centos",
                };
                let arguments = [&format!("{DOCKER}/{distribution}"), DNF_KEY];
                (
                    include_str!("dnf.sh"),
                    arguments.map(str::to_owned).to_vec(),
                )
            }
        };
        Ok(Self {
            system,
            source,
            script,
            arguments,
        })
    }
}

impl fmt::Display for DockerInstall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            DockerSource::Distribution => {
                write!(f, "install Docker from the packages of {}", self.system)
            }
            DockerSource::Docker => write!(
                f,
                "install Docker from its own packages for {} (download.docker.com)",
                self.system
            ),
        }
    }
}

#[cfg(test)]
#[path = "recipe_tests.rs"]
mod tests;
