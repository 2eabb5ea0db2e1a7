//! What a server's Data Flow is doing.

use std::fmt;

use serde::Serialize;

use super::{
    checked, clickhouse, deployed,
    error::LifecycleError,
    observe,
    observed::{Containers, Origin},
    server::Server,
};
use crate::{
    docker::{Container, Engine, Health, State},
    host::{Host, shown},
    prerequisites::{self, Prerequisite},
    spec::{Release, Settings, Spec},
};

/// What a server's Data Flow is doing, at the moment it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// The release of its Docker Engine.
    pub docker: String,
    /// All in one word.
    pub verdict: Verdict,
    /// What is wrong, if anything, in the operator's words.
    pub problems: Vec<String>,
    /// The containers that are there: ClickHouse, then the service.
    pub containers: Vec<ContainerStatus>,
    /// What ClickHouse says of itself; `None` where it doesn't run.
    pub clickhouse: Option<ClickHouseStatus>,
    /// What must be so at the PBX. Empty where it is not known for which server and which PBX.
    pub prerequisites: Vec<Prerequisite>,
}

impl Status {
    /// With what must be so at the PBX. Where the service is at work, what is not so is a problem.
    fn with_prerequisites(mut self, prerequisites: Vec<Prerequisite>) -> Self {
        let bad = prerequisites.iter().filter(|item| item.state.is_bad());
        self.impaired(bad.map(|item| item.seen.clone()).collect());
        Self {
            prerequisites,
            ..self
        }
    }

    /// With what keeps a service from working that is at work.
    fn impaired(&mut self, problems: Vec<String>) {
        let at_work = matches!(self.verdict, Verdict::Running | Verdict::Degraded);
        if at_work && !problems.is_empty() {
            self.verdict = Verdict::Degraded;
            self.problems.extend(problems);
        }
    }
}

/// The state of a Data Flow server in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Both containers run, ClickHouse answers, and nothing is known to be missing at the PBX.
    Running,
    /// Some of it runs, or runs and doesn't work.
    Degraded,
    /// Deployed; nothing runs.
    Stopped,
    /// No container is there.
    NotDeployed,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Stopped => "stopped",
            Self::NotDeployed => "not deployed",
        })
    }
}

/// One container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContainerStatus {
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub state: State,
    /// What its health check says, where it has one.
    pub health: Option<Health>,
    /// The name by which its image was asked for.
    pub image: String,
    /// The image's identifier.
    pub image_id: String,
    /// The version that the image's label tells.
    pub version: Option<String>,
    /// When it was started last (RFC 3339).
    pub started_at: String,
    /// How often the engine has restarted it by itself.
    pub restarts: i64,
    /// Who made it: this program, or the vendor's script.
    pub made_by: &'static str,
}

/// What ClickHouse says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClickHouseStatus {
    /// Whether it answers to its password.
    pub answers: bool,
    /// Its version.
    pub version: Option<String>,
    /// The rows stored in all tables but ClickHouse's own.
    pub rows: Option<u64>,
    /// Why it doesn't answer, or why it couldn't be asked.
    pub problem: Option<String>,
}

impl Server {
    /// What is running, asked without changing anything and without a command on the server.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn status(&self) -> Result<Status, LifecycleError> {
        self.status_of(None).await
    }

    /// The same, held to what is wanted. The PBX is asked at the same time.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn status_of(&self, wanted: Option<&Spec>) -> Result<Status, LifecycleError> {
        let looked = async {
            let containers = observe::containers(&self.engine, &self.release).await?;
            let status = status(&self.host, &self.engine, &self.release, &containers).await;
            Ok::<_, LifecycleError>((containers, status))
        };
        let (looked, pbx) = tokio::join!(looked, self.pbx.see());
        let (containers, mut status) = looked?;
        let deployed = deployed::settings(&self.release, &containers);
        if let Some(moved) = wanted.and_then(|wanted| moved(wanted, &deployed)) {
            status.impaired(vec![moved]);
        }
        let known = checked::known(&self.release, &containers, pbx);
        let spec = wanted.cloned().or_else(|| deployed.spec().ok());
        let items = spec.map(|spec| prerequisites::at_pbx(&spec, &known));
        Ok(status.with_prerequisites(items.unwrap_or_default()))
    }
}

/// That the service was made for the PBX at another address.
fn moved(wanted: &Spec, deployed: &Settings) -> Option<String> {
    let (now, wanted) = (deployed.pbx?, wanted.pbx());
    (now != wanted).then(|| {
        format!(
            "the service was made for the PBX at {now}, and the settings say {wanted}; dataflow run makes it anew"
        )
    })
}

async fn status(
    host: &Host,
    engine: &Engine,
    release: &Release,
    containers: &Containers,
) -> Status {
    let clickhouse = match containers.get(release.clickhouse_name) {
        Some(container) if container.state == State::Running => {
            Some(ask_clickhouse(host, release, containers).await)
        }
        _ => None,
    };
    let names = [release.clickhouse_name, release.service_name];
    let found: Vec<&Container> = names
        .iter()
        .filter_map(|name| containers.get(*name))
        .collect();
    let mut problems = Vec::new();
    for name in names {
        match containers.get(name) {
            None => problems.push(format!("{name} is not there")),
            Some(container) => problems.extend(problem_of(container)),
        }
    }
    for name in containers
        .keys()
        .filter(|name| !names.contains(&name.as_str()))
    {
        problems.push(format!(
            "{name} is left from an interrupted run; dataflow run clears it up"
        ));
    }
    if let Some(ClickHouseStatus {
        problem: Some(problem),
        ..
    }) = &clickhouse
    {
        problems.push(format!("ClickHouse: {problem}"));
    }
    let running = found
        .iter()
        .any(|container| container.state == State::Running);
    let verdict = match (found.is_empty(), problems.is_empty(), running) {
        (true, ..) => Verdict::NotDeployed,
        (_, true, _) => Verdict::Running,
        (_, _, false) if found.len() == names.len() => Verdict::Stopped,
        _ => Verdict::Degraded,
    };
    if verdict == Verdict::NotDeployed {
        problems.clear();
    }
    Status {
        server: host.label(),
        docker: engine.release().to_owned(),
        verdict,
        problems,
        containers: found.into_iter().map(|c| told(release, c)).collect(),
        clickhouse,
        prerequisites: Vec::new(),
    }
}

async fn ask_clickhouse(
    host: &Host,
    release: &Release,
    containers: &Containers,
) -> ClickHouseStatus {
    let password = deployed::password(release, containers).unwrap_or_default();
    let (port, user) = (release.clickhouse_http_port, release.clickhouse_user);
    match clickhouse::summary(host, port, user, &password).await {
        Ok(summary) => ClickHouseStatus {
            answers: true,
            version: Some(summary.version),
            rows: Some(summary.rows),
            problem: None,
        },
        Err(why) => ClickHouseStatus {
            answers: false,
            version: None,
            rows: None,
            problem: Some(why.to_string()),
        },
    }
}

fn problem_of(container: &Container) -> Option<String> {
    let name = &container.name;
    match (container.state, container.health) {
        (State::Running, Some(Health::Unhealthy)) => {
            Some(format!("{name}: its health check fails"))
        }
        (State::Running, _) if Origin::of(container) == Origin::Foreign => Some(format!(
            "{name} was made neither by this program nor by the vendor's script"
        )),
        (State::Running, _) => None,
        (State::Exited, _) => Some(format!(
            "{name} is stopped (exit code {})",
            container.exit_code
        )),
        (State::Restarting, _) => Some(format!(
            "{name} ends again and again (exit code {}, restarted {} times)",
            container.exit_code, container.restarts
        )),
        (state, _) => Some(format!("{name} is {}", state.word())),
    }
}

fn told(release: &Release, container: &Container) -> ContainerStatus {
    ContainerStatus {
        name: container.name.clone(),
        state: container.state,
        // What is said of a container that has ended is of its last moments.
        health: container
            .health
            .filter(|_| container.state == State::Running),
        image: shown(container.image.as_bytes()),
        image_id: shown(container.image_id.as_bytes()),
        version: container
            .labels
            .get(release.version_label)
            .map(|version| shown(version.as_bytes())),
        started_at: shown(container.started_at.as_bytes()),
        restarts: container.restarts,
        made_by: match Origin::of(container) {
            Origin::Ours => "dataflow",
            Origin::Vendor => "dataflow_ctl.sh",
            Origin::Foreign => "somebody else",
        },
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
