//! What ends the program: an error of its own, or any of the library's.

use std::path::PathBuf;

use dataflow_core::{Explain, Kind};

/// Any error that can be explained; `?` makes one of each of them.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Box<dyn Explain>);

impl<E: Explain + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

/// An error of the program itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A file that was named cannot be read.
    #[error("{what} {} cannot be read: {reason}", .path.display())]
    Unreadable {
        what: &'static str,
        path: PathBuf,
        reason: String,
    },
    /// A file or variable that should hold a secret does not hold one line of text.
    #[error("{place} holds no secret: {reason}")]
    NoSecret { place: String, reason: &'static str },
    /// The program could not be set going.
    #[error("this program cannot run here: {0}")]
    Runtime(String),
}

impl Explain for CliError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreadable { .. } | Self::NoSecret { .. } => Kind::Usage,
            Self::Runtime(_) => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Unreadable { path, .. } => format!(
                "Check the name and the permissions: ls -l {}",
                path.display()
            ),
            Self::NoSecret { .. } => {
                "Put the secret there as one line of text and nothing else.".to_owned()
            }
            Self::Runtime(_) => "Check this machine's limits (ulimit -a) and memory.".to_owned(),
        }
    }
}
