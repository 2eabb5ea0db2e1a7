//! Byte streams to something on a machine.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::output::shown;
use super::process::{Event, Names, Process, Writer};
use super::sudo::own_stderr;
use super::{HostError, Status, process};

/// What a connection is made to, as seen from the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A Unix socket, by its absolute path.
    Unix(String),
    /// A TCP port on 127.0.0.1.
    Tcp(u16),
    /// A TCP port of another machine.
    Remote(SocketAddr),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => f.write_str(path),
            Self::Tcp(port) => write!(f, "127.0.0.1:{port}"),
            Self::Remote(address) => address.fmt(f),
        }
    }
}

/// Both [`AsyncRead`] and [`AsyncWrite`].
pub trait AsyncReadWrite: AsyncRead + AsyncWrite {}

impl<T: AsyncRead + AsyncWrite + ?Sized> AsyncReadWrite for T {}

/// A two-way byte stream. Errors of it that concern the machine hold a [`HostError`].
///
/// Over SSH, all streams share one connection: one with much unread data holds up the others. Read
/// while writing.
pub type Stream = Box<dyn AsyncReadWrite + Send + Unpin>;

/// The most bytes of standard error that are kept for a message.
const STDERR: usize = 4096;

/// The standard input and output of a process, or both ways of a forwarded connection, as one
/// stream.
pub(super) struct Pipe {
    /// `None` after shutdown: dropping is what closes a local pipe.
    input: Option<Writer>,
    events: process::Events,
    names: Names,
    /// What has come and was not read yet.
    waiting: Vec<u8>,
    stderr: Vec<u8>,
    /// A forwarded connection has no status, and its output ends before it does.
    forwarded: bool,
    ended: bool,
}

impl Pipe {
    /// For a process that was started; `first` is what it has written already.
    pub(super) fn process(process: Process, first: Vec<u8>) -> Self {
        let Process {
            input,
            events,
            names,
        } = process;
        Self {
            input: Some(input),
            events,
            names,
            waiting: first,
            stderr: Vec::new(),
            forwarded: false,
            ended: false,
        }
    }

    /// For a forwarded connection.
    #[cfg(feature = "ssh")]
    pub(super) fn forwarded(process: Process) -> Self {
        Self {
            forwarded: true,
            ..Self::process(process, Vec::new())
        }
    }

    fn failed(&self, status: Status) -> io::Error {
        io::Error::other(HostError::Ended {
            host: self.names.host.clone(),
            command: self.names.command.clone(),
            status,
            stderr: shown(own_stderr(&self.stderr)),
        })
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if !this.waiting.is_empty() {
                let count = this.waiting.len().min(buf.remaining());
                buf.put_slice(&this.waiting[..count]);
                this.waiting.drain(..count);
                return Poll::Ready(Ok(()));
            }
            if this.ended {
                return Poll::Ready(Ok(()));
            }
            match ready!(this.events.poll_next(cx)) {
                Ok(Event::Stdout(bytes)) => this.waiting = bytes,
                Ok(Event::Stderr(bytes)) => {
                    this.stderr.extend_from_slice(&bytes);
                    let surplus = this.stderr.len().saturating_sub(STDERR);
                    this.stderr.drain(..surplus);
                }
                Ok(Event::EndOfOutput) => this.ended = this.forwarded,
                Ok(Event::Ended(status)) => {
                    this.ended = true;
                    if status != Status::Exited(0) {
                        return Poll::Ready(Err(this.failed(status)));
                    }
                }
                Err(process::Lost::Status) if this.forwarded => this.ended = true,
                Err(lost) => {
                    this.ended = true;
                    let error = this.names.lost(lost);
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, error)));
                }
            }
        }
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.input {
            _ if buf.is_empty() => Poll::Ready(Ok(0)),
            Some(input) => Pin::new(input).poll_write(cx, buf),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.input {
            Some(input) => Pin::new(input).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(input) = &mut self.input {
            let done = ready!(Pin::new(input).poll_shutdown(cx));
            self.input = None;
            return Poll::Ready(done);
        }
        Poll::Ready(Ok(()))
    }
}
