//! What can be wrong with a question to the preflight.

use super::all;
use crate::{Explain, Kind};

/// What can be wrong with a question to the preflight.
#[derive(Debug, thiserror::Error)]
pub enum PreflightError {
    /// No check has this identifier.
    #[error("there is no check {id:?}")]
    UnknownCheck {
        /// What was asked for.
        id: String,
        /// The identifier most like it, if one is.
        nearest: Option<&'static str>,
    },
}

impl PreflightError {
    pub(super) fn unknown_check(id: &str) -> Self {
        let likeness = |check: &&'static super::Check| {
            // A whole number, since those with a point can't be ordered.
            (strsim::jaro_winkler(id, check.id) * 1000.0) as u64
        };
        let nearest = all()
            .max_by_key(likeness)
            .filter(|check| likeness(check) > 700);
        Self::UnknownCheck {
            id: id.to_owned(),
            nearest: nearest.map(|check| check.id),
        }
    }
}

impl Explain for PreflightError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> String {
        match self {
            Self::UnknownCheck {
                nearest: Some(id), ..
            } => format!("Did you mean {id}? `--explain all` of the preflight names them all."),
            Self::UnknownCheck { .. } => {
                "`--explain all` of the preflight names them all.".to_owned()
            }
        }
    }
}
