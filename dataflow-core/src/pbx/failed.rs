//! Requests that came to nothing, and why.

use std::{io, time::Duration};

use super::error::PbxError;
use crate::host::shown;

/// A request that did not do what it should.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: PbxError,
    /// Whether the PBX may have done what was asked for all the same.
    pub(super) maybe_done: bool,
}

impl Failed {
    pub(super) fn not_done(error: PbxError) -> Self {
        Self {
            error,
            maybe_done: false,
        }
    }

    pub(super) fn maybe_done(error: PbxError) -> Self {
        Self {
            error,
            maybe_done: true,
        }
    }
}

impl Failed {
    /// What happened, without what was asked for.
    pub(super) fn detail(self) -> String {
        match self.error {
            PbxError::Slow { after, .. } => {
                format!("no answer within {} s", after.as_secs_f32().ceil())
            }
            PbxError::BrokeOff { detail, .. } | PbxError::NotApi { detail, .. } => detail,
            PbxError::Failing { said, .. } => said,
            other => other.to_string(),
        }
    }
}

impl From<PbxError> for Failed {
    /// For what went wrong after an answer had come, or before anything was asked.
    fn from(error: PbxError) -> Self {
        Self::not_done(error)
    }
}

impl From<Failed> for PbxError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// What one attempt came to, where it was no success.
pub(super) enum Attempt {
    /// It may go better in a while.
    Passing {
        failed: Failed,
        wait: Option<Duration>,
    },
    /// It will not.
    Final(Failed),
}

/// The TLS library's own error, where there is one. It comes wrapped in errors of input and output, which do not name it as
/// their source.
pub(super) fn tls_error<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref() {
        return Some(tls);
    }
    let within = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match within {
        Some(within) => tls_error(within),
        None => tls_error(error.source()?),
    }
}

/// The cause at the bottom, which is the one that an operator can act on; what is around it names libraries.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    shown(deepest.to_string().as_bytes())
}
