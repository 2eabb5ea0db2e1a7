//! A process that runs on a machine, near or far, in one shape.

use std::future::poll_fn;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;

use super::{HostError, Status, local};

/// Where a process's standard input is written to.
pub(super) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// A started process. Dropping it before its end stops it: here by SIGKILL to its group, over SSH
/// by SIGTERM and closing its channel. What has more rights than the login user takes no signals
/// from it, and OpenSSH passes none on where root is signed in: such a process ends when it next
/// reads or writes, or when its time is over (`Gate::argv`).
pub(super) struct Process {
    pub(super) input: Writer,
    pub(super) events: Events,
    pub(super) names: Names,
}

/// What a message about a process names.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) host: String,
    pub(super) command: String,
}

impl Names {
    pub(super) fn lost(&self, lost: Lost) -> HostError {
        let (host, command) = (self.host.clone(), self.command.clone());
        match lost {
            Lost::Connection(reason) => HostError::ConnectionLost {
                host,
                during: command,
                reason,
            },
            Lost::Status => HostError::NoStatus { host, command },
            Lost::Refused(reason) => HostError::Start {
                host,
                command,
                reason,
            },
        }
    }
}

/// What a process does.
#[cfg_attr(
    not(feature = "ssh"),
    expect(dead_code, reason = "some cases are those of SSH only")
)]
pub(super) enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// Nothing more comes on standard output; only said over SSH.
    EndOfOutput,
    /// It has ended and nothing more comes at all.
    Ended(Status),
}

/// Why the end of a process is not known.
#[cfg_attr(
    not(feature = "ssh"),
    expect(dead_code, reason = "some cases are those of SSH only")
)]
pub(super) enum Lost {
    /// The connection went away, and why.
    Connection(String),
    /// The channel was closed and no status was given.
    Status,
    /// The server refused to run it.
    Refused(String),
}

/// The output and the end of a process. Nothing may be asked after [`Event::Ended`] or an error.
pub(super) enum Events {
    Local(Box<local::Events>),
    #[cfg(feature = "ssh")]
    Ssh(super::ssh::Events),
}

impl Events {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Lost>> {
        match self {
            Self::Local(events) => events.poll_next(cx),
            #[cfg(feature = "ssh")]
            Self::Ssh(events) => events.poll_next(cx),
        }
    }

    pub(super) async fn next(&mut self) -> Result<Event, Lost> {
        poll_fn(|cx| self.poll_next(cx)).await
    }
}
