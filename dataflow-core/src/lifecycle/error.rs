//! What can go wrong with an operation as a whole.

use std::time::Duration;

use super::{
    install_docker::{CannotInstall, InstallProblem},
    journal::RunId,
    lock::Lease,
    plan_error::PlanError,
};
use crate::{
    docker::DockerError,
    explain::{Explain, Kind},
    facts::FactsError,
    host::{HostError, is_disk_full},
    preflight::PreflightError,
    spec::{KEPT_IN, SpecError},
};

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// What was asked for is not complete or makes no sense.
    #[error(transparent)]
    Spec(#[from] SpecError),

    /// The server could not be worked on.
    #[error(transparent)]
    Host(#[from] HostError),

    /// The engine could not be asked.
    #[error(transparent)]
    Docker(#[from] DockerError),

    /// Something stands in the way; nothing was changed.
    #[error("{host}: {error}")]
    Plan {
        /// The server.
        host: String,
        /// What stands in the way.
        #[source]
        error: PlanError,
    },

    /// There is no Docker, and it can't be installed.
    #[error("{host}: {error}")]
    CannotInstall {
        /// The server.
        host: String,
        /// Why not.
        #[source]
        error: CannotInstall,
    },

    /// The preflight found errors; nothing was changed.
    #[error(
        "{host}: the server is not fit: the preflight has {}; nothing was changed",
        errors(ids.len())
    )]
    Unfit {
        /// The server.
        host: String,
        /// The errors, each with what mends it.
        details: Vec<String>,
        /// The identifiers of their checks.
        ids: Vec<&'static str>,
    },

    /// What was mended did not help.
    #[error("{host}: it was done, and did not help")]
    NotMended {
        /// The server.
        host: String,
        /// What is not as required yet.
        details: Vec<String>,
    },

    /// There is no such check.
    #[error(transparent)]
    Preflight(#[from] PreflightError),

    /// What the machine is could not be read.
    #[error(transparent)]
    Facts(FactsError),

    /// The plan was not approved; nothing was changed.
    #[error("{host}: the plan was not confirmed; nothing that runs was touched")]
    Declined {
        /// The server.
        host: String,
    },

    /// Another operation is at work on the server; nothing was changed.
    #[error("{host}: another operation has the lock: {holder}")]
    Locked {
        /// The server.
        host: String,
        /// Who has it, and what for.
        holder: Box<Lease>,
    },

    /// The lock could not be taken, or the journal not be begun; nothing was changed.
    #[error("{host}: {what}: {reason}")]
    NotKept {
        /// The server.
        host: String,
        /// What could not be done.
        what: &'static str,
        /// Why not.
        reason: String,
    },

    /// The journal has no such run.
    #[error("{host}: the journal has no run {run}")]
    NoSuchRun {
        /// The server.
        host: String,
        /// The run.
        run: RunId,
    },

    /// The server's files could not be read.
    #[error("{host}: could not read the state of the server: {detail}")]
    Read {
        /// The server.
        host: String,
        /// What the command said.
        detail: String,
    },

    /// A step failed.
    #[error("{}{recovery}", step_failure(host, what, error))]
    Step {
        /// The server.
        host: String,
        /// The step.
        what: String,
        /// The failure.
        #[source]
        error: Box<StepError>,
        /// What was done about it.
        recovery: Recovery,
    },

    /// Everything was done, and yet it is not as wanted.
    #[error("{host}: {problem}")]
    NotAsWanted {
        /// The server.
        host: String,
        /// What is wrong.
        problem: String,
    },
}

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The server could not be worked on.
    #[error(transparent)]
    Host(#[from] HostError),

    /// The engine refused.
    #[error(transparent)]
    Docker(#[from] DockerError),

    /// The directories could not be set up; the text is what the command said.
    #[error("{0}")]
    Directories(String),

    /// What was to be mended on the server could not be; the text is what the command said.
    #[error("{0}")]
    Mend(String),

    /// Docker did not come to be installed.
    #[error("{problem}")]
    Install {
        /// Why not.
        problem: InstallProblem,
        /// The last lines of what was said.
        last_lines: Vec<String>,
    },

    /// A container ended by itself where it should have kept running.
    #[error("{name} ended with exit code {exit_code}")]
    Ended {
        /// The container.
        name: String,
        /// Its exit code.
        exit_code: i64,
        /// The last lines of its log.
        last_lines: Vec<String>,
    },

    /// What was waited for did not come.
    #[error("not ready after {} s: {reason}", waited.as_secs())]
    NotReady {
        /// How long it was waited for.
        waited: Duration,
        /// What was seen last.
        reason: String,
        /// The last lines of the container's log.
        last_lines: Vec<String>,
    },

    /// The service's program that prepares the database failed.
    #[error("the service's own initialisation failed with exit code {exit_code}")]
    Initialise {
        /// Its exit code.
        exit_code: i64,
        /// The last lines it wrote.
        last_lines: Vec<String>,
    },

    /// The lock went to somebody else; what they do is not known here, so nothing more is done.
    #[error("the lock was lost{}", to_whom(.0.as_deref()))]
    LockLost(Option<Box<Lease>>),

    /// What is about to be done could not be written to the server's journal, so it was not done.
    #[error("it could not be written to the journal: {0}")]
    NotRecorded(String),

    /// The one who started the operation had it end.
    #[error("interrupted")]
    Interrupted,
}

/// Errors of the server and of its engine say where and what by themselves; of a connection that was lost it counts at which
/// step.
fn step_failure(host: &str, what: &str, error: &StepError) -> String {
    match error {
        lost if lost.is_connection_lost() => {
            format!("{lost}; that was during the step \"{what}\", and what it came to is not known")
        }
        StepError::Docker(error @ DockerError::Gone { .. }) => {
            format!("{error}; that was during the step \"{what}\"")
        }
        StepError::Directories(text) if is_disk_full(text) => {
            format!("{host}: could not {what}: the disk is full: {text}")
        }
        StepError::Host(_) | StepError::Docker(_) => error.to_string(),
        _ => format!("{host}: could not {what}: {error}"),
    }
}

fn errors(count: usize) -> String {
    match count {
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    }
}

impl From<FactsError> for LifecycleError {
    fn from(error: FactsError) -> Self {
        match error {
            FactsError::Host(error) => Self::Host(error),
            error => Self::Facts(error),
        }
    }
}

fn to_whom(holder: Option<&Lease>) -> String {
    match holder {
        Some(holder) => format!(" to {holder}"),
        None => {
            ": it was taken away, or this program was not heard of for half a minute".to_owned()
        }
    }
}

/// What was done after a step had failed.
#[derive(Debug, Default)]
pub struct Recovery {
    /// The containers that had been stopped for this and run again.
    pub run_again: Vec<String>,
    /// The containers that had been made and were removed.
    pub removed: Vec<String>,
    /// What could not be put back, and why.
    pub failed: Vec<String>,
}

impl std::fmt::Display for Recovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.run_again.is_empty() {
            write!(
                f,
                "; running again as before: {}",
                self.run_again.join(", ")
            )?;
        } else if !self.removed.is_empty() {
            write!(f, "; removed again: {}", self.removed.join(", "))?;
        }
        if !self.failed.is_empty() {
            write!(f, "; could not be put back: {}", self.failed.join(", "))?;
        }
        Ok(())
    }
}

impl LifecycleError {
    /// What was wrong with reaching the server or working on it, where that was the cause and nothing was changed yet.
    pub fn host_error(&self) -> Option<&HostError> {
        match self {
            Self::Host(error) | Self::Docker(DockerError::Host(error)) => Some(error),
            Self::Docker(DockerError::NoAccess { sudo, .. }) => Some(sudo),
            _ => None,
        }
    }
}

impl LifecycleError {
    /// Whether the one who started the operation had it end.
    pub(super) fn is_interruption(&self) -> bool {
        match self {
            Self::Step { error, .. } => matches!(**error, StepError::Interrupted),
            Self::Declined { .. } => true,
            _ => false,
        }
    }
}

impl Explain for LifecycleError {
    fn kind(&self) -> Kind {
        match self {
            Self::Spec(error) => error.kind(),
            Self::Host(error) => error.kind(),
            Self::Docker(error) => error.kind(),
            Self::Plan { error, .. } => error.kind(),
            Self::CannotInstall { error, .. } => error.kind(),
            Self::Unfit { .. } => Kind::Precondition,
            Self::Preflight(error) => error.kind(),
            Self::Facts(error) => error.kind(),
            Self::Declined { .. } => Kind::Pending,
            Self::Locked { .. } => Kind::Locked,
            Self::Step { error, .. } => match error.as_ref() {
                // That a registry does not have an image, or refuses it, is found out before anything is touched.
                StepError::Docker(error @ DockerError::Image { .. }) => error.kind(),
                _ => Kind::Failed,
            },
            Self::NotKept { .. }
            | Self::NoSuchRun { .. }
            | Self::NotMended { .. }
            | Self::Read { .. }
            | Self::NotAsWanted { .. } => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Spec(error) => error.next_step(),
            Self::Host(error) => error.next_step(),
            Self::Docker(error) => error.next_step(),
            Self::Plan { error, .. } => error.next_step(),
            Self::CannotInstall { error, .. } => error.next_step(),
            Self::Unfit { ids, .. } => format!(
                "Mend that; dataflow preflight shows the whole report, and mends with --fix what can be mended safely. To go ahead all the same, on record: --ignore {}",
                ids.join(" --ignore ")
            ),
            Self::NotMended { .. } => {
                "dataflow preflight shows how it stands now, and what else mends it. A clock may need longer to be set.".into()
            }
            Self::Preflight(error) => error.next_step(),
            Self::Facts(error) => error.next_step(),
            Self::Declined { .. } => {
                "Run the same command again and answer yes, or give --yes.".into()
            }
            Self::Locked { .. } => {
                "Wait for it with --wait. If nobody is at work any more, the lock ends by itself within half a minute; dataflow unlock --force takes it away.".into()
            }
            Self::NotKept { .. } => format!(
                "Mend that in {KEPT_IN} on the server, then run the same command again."
            ),
            Self::NoSuchRun { .. } => "dataflow history lists the runs.".into(),
            Self::Read { .. } => {
                "Check that sh, grep and stat work on the server, then run the same command again."
                    .into()
            }
            Self::Step {
                error, recovery, ..
            } if recovery.failed.is_empty() => error.next_step(),
            Self::Step { error, .. } => format!(
                "{} dataflow status shows what runs; run the same command again to finish the job.",
                error.next_step()
            ),
            Self::NotAsWanted { .. } => {
                "dataflow status shows what runs; docker logs on the server shows why.".into()
            }
        }
    }

    fn details(&self) -> &[String] {
        match self {
            Self::Docker(error) => error.details(),
            Self::Unfit { details, .. } | Self::NotMended { details, .. } => details,
            Self::Facts(error) => error.details(),
            Self::Step { error, .. } => match error.as_ref() {
                StepError::Docker(error) => error.details(),
                StepError::Install { last_lines, .. }
                | StepError::Ended { last_lines, .. }
                | StepError::NotReady { last_lines, .. }
                | StepError::Initialise { last_lines, .. } => last_lines,
                _ => &[],
            },
            _ => &[],
        }
    }
}

impl StepError {
    /// Whether nothing more can be done on the server, since it cannot be reached any more.
    pub(super) fn is_connection_lost(&self) -> bool {
        matches!(
            self,
            Self::Host(HostError::ConnectionLost { .. })
                | Self::Docker(DockerError::Host(HostError::ConnectionLost { .. }))
        )
    }

    fn next_step(&self) -> String {
        match self {
            lost if lost.is_connection_lost() => {
                "Run the same command again when the server can be reached: it sees how far this one came, and finishes the job.".into()
            }
            Self::Directories(text) if is_disk_full(text) => {
                "Free space on that disk (df -h and df -i on the server show it), or give another data path with -p; then run the same command again.".into()
            }
            Self::Host(error) => error.next_step(),
            Self::Docker(error) => error.next_step(),
            Self::Directories(_) => {
                "Mend that on the server, or give another data path with -p; then run the same command again.".into()
            }
            Self::Mend(_) => {
                "Mend that by hand as dataflow preflight says, or leave that check out with --ignore ID; then run the same command again.".into()
            }
            Self::Install { problem, .. } => problem.next_step().into(),
            Self::NotReady { .. } => {
                "The lines above are the end of its log. If it only needs longer, as ClickHouse does with much data: dataflow run gives it more time with -g SECONDS. If not, mend the cause, then run the same command again.".into()
            }
            Self::Ended { .. } | Self::Initialise { .. } => {
                "The lines above are the end of its log. Mend the cause, then run the same command again.".into()
            }
            Self::LockLost(_) => {
                "dataflow history shows who works on the server, dataflow status what runs. When nobody does, run the same command again to finish the job.".into()
            }
            Self::NotRecorded(_) => format!(
                "Mend that in {KEPT_IN} on the server, then run the same command again."
            ),
            Self::Interrupted => "Run the same command again to finish the job.".into(),
        }
    }
}
