//! The exit codes.

use std::process::ExitCode;

use dataflow_core::Kind;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// It was done; or, for `status`, all runs as it should.
    Success = 0,
    /// Something failed, or the service does not run as it should.
    Failed = 1,
    /// What was asked for makes no sense; nothing was tried.
    Usage = 2,
    /// The server, the image or the PBX is not as it must be; nothing was changed.
    Precondition = 3,
    /// Changes are pending; nothing was changed.
    Pending = 4,
    /// Another operation is at work on the server; nothing was changed.
    Locked = 5,
    /// The server could not be reached or signed in to; nothing was changed.
    Unreachable = 6,
    /// The operator ended it, with Ctrl-C for one: 128 and the signal's number, as shells have it.
    Interrupted = 130,
}

impl From<Kind> for ExitStatus {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Failed => Self::Failed,
            Kind::Usage => Self::Usage,
            Kind::Precondition => Self::Precondition,
            Kind::Pending => Self::Pending,
            Kind::Locked => Self::Locked,
            Kind::Unreachable => Self::Unreachable,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status as u8)
    }
}
