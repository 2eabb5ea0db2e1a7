//! Why facts could not be had.

use crate::{Explain, Kind, host::HostError};

/// Why facts could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// The machine could not be asked.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The answer broke off.
    #[error("the facts of {host} broke off: {detail}")]
    BrokeOff {
        /// The machine.
        host: String,
        /// What it said.
        detail: String,
    },
    /// A file of facts makes no sense.
    #[error("these are no recorded facts: {reason}")]
    Recorded {
        /// Why not.
        reason: String,
    },
    /// A file of facts was recorded by a newer or an older program.
    #[error("these facts have the schema {found}; this program reads {known}")]
    Schema {
        /// Its schema.
        found: u64,
        /// The one that is known.
        known: u32,
    },
}

impl Explain for FactsError {
    fn kind(&self) -> Kind {
        match self {
            Self::Host(error) => error.kind(),
            Self::BrokeOff { .. } => Kind::Failed,
            Self::Recorded { .. } | Self::Schema { .. } => Kind::Usage,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Host(error) => error.next_step(),
            Self::BrokeOff { .. } => {
                "Run it again; if it stays so, sign in by hand and see whether `sh` works there."
                    .to_owned()
            }
            Self::Recorded { .. } => {
                "Record them with `dataflow-preflight --save-facts FILE` on the server.".to_owned()
            }
            Self::Schema { .. } => "Record them again with this version of the program.".to_owned(),
        }
    }

    fn details(&self) -> &[String] {
        match self {
            Self::Host(error) => error.details(),
            _ => &[],
        }
    }
}
