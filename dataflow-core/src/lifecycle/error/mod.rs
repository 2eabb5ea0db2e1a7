//! What can go wrong with an operation as a whole.

mod step;

use super::{install_docker::CannotInstall, journal::RunId, lock::Lease, plan_error::PlanError};
use crate::{
    docker::DockerError,
    explain::{Explain, Kind},
    facts::FactsError,
    host::HostError,
    pbx::PbxError,
    preflight::PreflightError,
    spec::{KEPT_IN, SpecError},
};

use step::step_failure;
pub use step::{Recovery, StepError};

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

    /// The PBX could not be asked.
    #[error(transparent)]
    Pbx(#[from] PbxError),

    /// Nobody has said that the prerequisites at the PBX are met, and nobody is signed in there to see to it; nothing was changed.
    #[error(
        "{host}: the prerequisites at the PBX are not known to be met, and nobody is signed in there; nothing was changed"
    )]
    Prerequisites {
        /// The server.
        host: String,
        /// What is to be done by hand.
        details: Vec<String>,
    },

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
            Self::Unfit { .. } | Self::Prerequisites { .. } => Kind::Precondition,
            Self::Preflight(error) => error.kind(),
            Self::Facts(error) => error.kind(),
            Self::Pbx(error) => error.kind(),
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
            Self::Pbx(error) => error.next_step(),
            Self::Prerequisites { .. } => {
                "Do that at the PBX, then run the same command with --prerequisites manual, which is put on record. Or have it done: give the user who signs in there with --api-user, or user under [api] in dataflow.toml.".into()
            }
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
            Self::Step { error, .. } => error.details(),
            Self::Pbx(error) => error.details(),
            Self::Prerequisites { details, .. } => details,
            _ => &[],
        }
    }
}
