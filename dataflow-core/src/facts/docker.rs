//! Docker: whether it is there, and what it runs.

use serde::{Deserialize, Serialize};

use super::{
    Fact,
    answer::{Answer, MOST, kept},
};

/// Docker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docker {
    /// Whether the engine's program is there.
    pub installed: bool,
    /// Whether its socket is there.
    pub socket: bool,
    /// What the engine says of itself.
    pub engine: Fact<Engine>,
    /// The containers, stopped ones too.
    pub containers: Fact<Vec<Container>>,
}

/// What the engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Its version.
    pub version: String,
    /// How it stores layers.
    pub storage_driver: String,
    /// Where.
    pub data_root: String,
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The image it was made of.
    pub image: String,
    /// Whether it runs.
    pub running: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    server_version: String,
    driver: String,
    docker_root_dir: String,
}

/// A container as the API gives it, or as the command line does.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    names: Names,
    image: String,
    #[serde(default)]
    state: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    Api(Vec<String>),
    CommandLine(String),
}

impl Docker {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let installed = answer.lines("docker").any(|line| line == "#dockerd");
        let socket = answer.there("/var/run/docker.sock");
        let nothing = if installed && !socket {
            "Docker does not run"
        } else if socket {
            "Docker's socket is not open to this user, or neither curl nor docker is there to ask it"
        } else {
            "Docker is not installed"
        };
        let asked = |section: &str| match answer.said(section, "Docker") {
            Fact::Unknown(reason) if reason.contains("not asked") => Fact::unknown(nothing),
            said => said,
        };
        Self {
            installed: installed || socket,
            socket,
            engine: match asked("docker-api") {
                Fact::Known(said) => {
                    Fact::or_unknown(engine(said), "Docker's answer made no sense")
                }
                Fact::Unknown(reason) => Fact::Unknown(reason),
            },
            containers: match asked("docker-containers") {
                Fact::Known(said) => {
                    Fact::or_unknown(containers(said), "Docker's answer made no sense")
                }
                Fact::Unknown(reason) => Fact::Unknown(reason),
            },
        }
    }
}

fn engine(said: &str) -> Option<Engine> {
    let info: Info = serde_json::from_str(said).ok()?;
    Some(Engine {
        version: kept(&info.server_version),
        storage_driver: kept(&info.driver),
        data_root: kept(&info.docker_root_dir),
    })
}

/// One array by the API; by the command line, an object on each line.
fn containers(said: &str) -> Option<Vec<Container>> {
    let listed: Vec<Listed> = if said.starts_with('[') {
        serde_json::from_str(said).ok()?
    } else {
        let lines = said.lines().filter(|line| !line.trim().is_empty());
        lines
            .map(|line| serde_json::from_str(line).ok())
            .collect::<Option<_>>()?
    };
    let container = |listed: Listed| Container {
        name: match listed.names {
            Names::Api(names) => names
                .first()
                .map(|name| kept(name.trim_start_matches('/')))
                .unwrap_or_default(),
            Names::CommandLine(name) => kept(&name),
        },
        image: kept(&listed.image),
        running: listed.state == "running",
    };
    Some(listed.into_iter().take(MOST).map(container).collect())
}
