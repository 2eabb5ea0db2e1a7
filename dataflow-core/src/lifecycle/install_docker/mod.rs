//! Installing Docker on a server that has none: planned, approved and done as any other step.

mod recipe;

use std::{collections::VecDeque, time::Duration};

use tokio::io::AsyncReadExt;

pub use recipe::{CannotInstall, DockerInstall, DockerSource};

use super::{
    Control,
    error::{LifecycleError, StepError},
    events::Event,
    execute::{Awaited, Executor},
    gate::{self, Judgement},
    operation::Operation,
    plan::{Action, Plan},
};
use crate::{
    docker::Engine,
    facts,
    host::{Command, Host, HostError, Status, shown},
    spec::{Release, Spec},
};

/// How long the package manager may take. It may have to wait for another one (unattended upgrades) before it begins.
const LIMIT: Duration = Duration::from_secs(1800);

/// How long it may take until the package manager runs.
const START: Duration = Duration::from_secs(60);

/// How many of the package manager's last lines are kept.
const LAST_LINES: usize = 12;

/// Runs a script in a session of its own and tells what it writes. A package manager that is cut off in the middle leaves packages
/// half installed: it goes on where this program, or the connection, goes away.
const ON_ITS_OWN: &str = r#"work=$(mktemp -d /run/dataflow-install.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
limit=$1 script=$2; shift 2
: >"$work/log"
(setsid timeout --kill-after=30 "$limit" sh -c "$script" install "$@" </dev/null >"$work/log" 2>&1; echo $? >"$work/status") &
tail --lines=+1 --follow --pid=$! --sleep-interval=0.2 "$work/log"
wait
exit "$(cat "$work/status")""#;

/// Why Docker did not come to be installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstallProblem {
    /// The key of Docker's packages is not the one that Docker publishes.
    #[error("the key that was fetched is not Docker's; nothing was installed from there")]
    WrongKey,
    /// The key of Docker's packages was not got.
    #[error("the server did not get the key of Docker's packages from download.docker.com")]
    NoKey,
    /// It is installed, and does not start.
    #[error("Docker was installed, but does not start")]
    NotStarted,
    /// The package manager did not come to an end.
    #[error("the package manager was not done after {} min", LIMIT.as_secs() / 60)]
    Late,
    /// The package manager failed.
    #[error("the package manager failed ({0})")]
    Failed(Status),
}

impl InstallProblem {
    pub(super) fn next_step(&self) -> &'static str {
        match self {
            Self::WrongKey => {
                "Find out who answers for download.docker.com on the server (a proxy that opens HTTPS, a mirror); or install from the distribution with --install-docker."
            }
            Self::NoKey => {
                "Check that the server reaches download.docker.com (DNS, proxy, firewall), then run the same command again; or install from the distribution with --install-docker."
            }
            Self::NotStarted => {
                "On the server: sudo journalctl -u docker shows why; mend that, then run the same command again."
            }
            Self::Late | Self::Failed(_) => {
                "The lines above are the end of what it said. Mend the cause on the server, then run the same command again."
            }
        }
    }
}

impl From<Status> for InstallProblem {
    fn from(status: Status) -> Self {
        match status {
            Status::Exited(70) => Self::WrongKey,
            Status::Exited(71) => Self::NoKey,
            Status::Exited(72) => Self::NotStarted,
            Status::Exited(124 | 137) => Self::Late,
            other => Self::Failed(other),
        }
    }
}

/// Plans it, has the plan approved, does it, and reaches the engine that is then there.
pub(super) async fn install(
    host: &Host,
    control: &Control,
    source: DockerSource,
    spec: &Spec,
) -> Result<Engine, LifecycleError> {
    let judgement = gate(host, control, spec).await?;
    let question = Command::shell(recipe::QUESTION).sudo();
    let answer = host.exec(&question).await?;
    let recipe =
        DockerInstall::plan(&String::from_utf8_lossy(&answer.stdout), source).map_err(|error| {
            LifecycleError::CannotInstall {
                host: host.label(),
                error,
            }
        })?;
    let mut plan = Plan::default();
    plan.add(
        Action::InstallDocker(Box::new(recipe)),
        "the server has none, and --install-docker was given",
    );
    control.events.tell(Event::Planned {
        plan: plan.summary(),
    });
    let mut operation = Operation::prepare(host, control, "install-docker").await?;
    let result = async {
        operation.refuse_locked(control).await?;
        if !control.approve.approves(plan.summary()).await {
            return Err(LifecycleError::Declined { host: host.label() });
        }
        operation.take(control).await?;
        operation
            .begin(None, judgement.ignored_ids(), &plan.summary())
            .await?;
        let executor = Executor {
            host,
            engine: &Engine::none(host)?,
            release: &Release::portsip(),
            control,
            registry: None,
            password: &"".into(),
            token: None,
            pbx: None,
            operation: Some(&operation),
        };
        executor.execute(&plan).await?;
        Ok(Engine::connect(host).await?)
    };
    let result = result.await;
    operation.end(&result).await;
    result
}

/// Docker is not installed on a server that is not fit for what it is installed for.
async fn gate(host: &Host, control: &Control, spec: &Spec) -> Result<Judgement, LifecycleError> {
    let question = facts::Question {
        data_path: spec.data_path().to_string(),
        count_updates: false,
        wants_sudo_password: true,
        metadata: spec.metadata().clone(),
        pbx: Some(spec.pbx().get()),
    };
    let facts = facts::read(host, &question).await?;
    let judgement = gate::judge(&facts, &spec.expectations(), false)?.pass(&host.label())?;
    judgement.tell(&control.events);
    Ok(judgement)
}

/// Runs the package manager, telling its last line.
pub(super) async fn perform(
    host: &Host,
    install: &DockerInstall,
    awaited: &Awaited,
) -> Result<(), StepError> {
    let command = Command::shell(ON_ITS_OWN)
        .arg(LIMIT.as_secs().to_string())
        .arg(install.script)
        .args(&install.arguments)
        .sudo()
        .deadline(START);
    let mut said = host.pipe(&command).await?;
    let mut lines = Tail::default();
    let mut piece = vec![0; 4096];
    let read = async {
        loop {
            let count = said.read(&mut piece).await?;
            if count == 0 {
                return Ok::<_, std::io::Error>(());
            }
            if let Some(line) = lines.take(&piece[..count]) {
                awaited.send_replace(format!("the package manager: {line}"));
            }
        }
    };
    let failed = |problem, lines: Tail| StepError::Install {
        problem,
        last_lines: lines.complete.into(),
    };
    match tokio::time::timeout(LIMIT + START, read).await {
        Err(_) => Err(failed(InstallProblem::Late, lines)),
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => match error.downcast::<HostError>() {
            Ok(HostError::Ended { status, .. }) => Err(failed(status.into(), lines)),
            Ok(error) => Err(error.into()),
            Err(error) => Err(StepError::Host(HostError::ConnectionLost {
                host: host.label(),
                during: command.shown(),
                reason: error.to_string(),
            })),
        },
    }
}

/// The last lines of what a program writes, bounded and fit to be shown.
#[derive(Default)]
struct Tail {
    complete: VecDeque<String>,
    begun: Vec<u8>,
}

impl Tail {
    /// Takes a piece; gives the last line that it completes.
    fn take(&mut self, piece: &[u8]) -> Option<&String> {
        let mut any = false;
        for byte in piece {
            if !matches!(byte, b'\n' | b'\r') {
                if self.begun.len() < 1024 {
                    self.begun.push(*byte);
                }
                continue;
            }
            let line = shown(&std::mem::take(&mut self.begun));
            if !line.is_empty() {
                any = true;
                self.complete.push_back(line);
                if self.complete.len() > LAST_LINES {
                    self.complete.pop_front();
                }
            }
        }
        if any { self.complete.back() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_as_they_come() {
        let mut tail = Tail::default();
        assert_eq!(tail.take(b"Reading package"), None);
        assert_eq!(
            tail.take(b" lists...\rDone\n\n").map(String::as_str),
            Some("Done")
        );
        assert_eq!(tail.take(b"\n"), None);
        for number in 0..100 {
            tail.take(format!("line {number}\n").as_bytes());
        }
        tail.take(&[b'x'; 100_000]);
        assert_eq!(tail.complete.len(), LAST_LINES);
        assert_eq!(tail.complete.back().map(String::as_str), Some("line 99"));
        assert_eq!(tail.begun.len(), 1024);
    }
}
