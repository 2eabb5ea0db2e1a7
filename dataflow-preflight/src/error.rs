//! What can go wrong beside what the machine is.

use std::{io, path::PathBuf};

use dataflow_core::{Explain, Kind, facts::FactsError, preflight::PreflightError, spec::SpecError};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Facts(#[from] FactsError),
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    #[error("AWS_EC2_METADATA_SERVICE_ENDPOINT: {0}")]
    Metadata(#[from] SpecError),
    #[error("{} could not be read: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{} could not be written: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("the report could not be made: {0}")]
    Render(String),
    #[error("the program could not start: {0}")]
    Start(io::Error),
}

impl Failure {
    /// 2 for what was asked, 7 for all that kept the program from running.
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Facts(error) if error.kind() == Kind::Usage => 2,
            Self::Preflight(_) | Self::Metadata(_) | Self::Read { .. } => 2,
            _ => 7,
        }
    }

    /// What to do next, where something can be said.
    pub(crate) fn next_step(&self) -> Option<String> {
        match self {
            Self::Facts(error) => Some(error.next_step()),
            Self::Preflight(error) => Some(error.next_step()),
            Self::Metadata(error) => Some(error.next_step()),
            _ => None,
        }
    }
}
