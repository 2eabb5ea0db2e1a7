//! What can go wrong with one step of a plan.

use std::{fmt, time::Duration};

use super::super::{install_docker::InstallProblem, lock::Lease};
use crate::{
    docker::DockerError,
    explain::Explain,
    host::{HostError, is_disk_full},
    pbx::PbxError,
    spec::KEPT_IN,
};

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The server could not be worked on.
    #[error(transparent)]
    Host(#[from] HostError),

    /// The engine refused.
    #[error(transparent)]
    Docker(#[from] DockerError),

    /// The PBX refused, or could not be asked.
    #[error(transparent)]
    Pbx(#[from] PbxError),

    /// Something was to be done at the PBX, and nobody is signed in there.
    #[error("nobody is signed in to the PBX")]
    NotSignedIn,

    /// A token was to be delivered, and none is given.
    #[error("no token is given")]
    NoToken,

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
pub(super) fn step_failure(host: &str, what: &str, error: &StepError) -> String {
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
        StepError::Host(_) | StepError::Docker(_) | StepError::Pbx(_) => error.to_string(),
        _ => format!("{host}: could not {what}: {error}"),
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

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

impl StepError {
    /// Whether nothing more can be done on the server, since it cannot be reached any more.
    pub(in crate::lifecycle) fn is_connection_lost(&self) -> bool {
        matches!(
            self,
            Self::Host(HostError::ConnectionLost { .. })
                | Self::Docker(DockerError::Host(HostError::ConnectionLost { .. }))
        )
    }

    /// Lines that show the cause more closely.
    pub(super) fn details(&self) -> &[String] {
        match self {
            Self::Docker(error) => error.details(),
            Self::Pbx(error) => error.details(),
            Self::Install { last_lines, .. }
            | Self::Ended { last_lines, .. }
            | Self::NotReady { last_lines, .. }
            | Self::Initialise { last_lines, .. } => last_lines,
            _ => &[],
        }
    }

    pub(super) fn next_step(&self) -> String {
        match self {
            lost if lost.is_connection_lost() => {
                "Run the same command again when the server can be reached: it sees how far this one came, and finishes the job.".into()
            }
            Self::Directories(text) if is_disk_full(text) => {
                "Free space on that disk (df -h and df -i on the server show it), or give another data path with -p; then run the same command again.".into()
            }
            Self::Host(error) => error.next_step(),
            Self::Docker(error) => error.next_step(),
            Self::Pbx(error) => error.next_step(),
            Self::NotSignedIn => {
                "Give the user who signs in there with --api-user, or user under [api] in dataflow.toml.".into()
            }
            Self::NoToken => "Give it with --token-file or in DATAFLOW_TOKEN.".into(),
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
