//! What a server says before it says that it is an SSH server.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::shown;

/// How much of it is kept.
const KEPT: usize = 512;

/// The first of what came from a server.
#[derive(Clone, Default)]
pub(super) struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn add(&self, bytes: &[u8]) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = KEPT.saturating_sub(said.len());
        said.extend_from_slice(&bytes[..bytes.len().min(left)]);
    }

    /// What it said, where it was not that it is an SSH server.
    pub(super) fn instead(&self) -> Option<String> {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ssh = said
            .split(|b| *b == b'\n')
            .any(|line| line.starts_with(b"SSH-"));
        (!is_ssh).then(|| shown(&said))
    }

    /// Whether a server that hung up did so as OpenSSH does when too many are connecting: without a word, or with these.
    /// One that punishes (`PerSourcePenalties`) says something else, and would punish for more.
    pub(super) fn was_too_busy(&self) -> bool {
        self.instead()
            .is_some_and(|said| said.is_empty() || said.contains("Exceeded MaxStartups"))
    }
}

/// A stream of which the first bytes are kept.
pub(super) struct Heard<S> {
    stream: S,
    said: Said,
}

impl<S> Heard<S> {
    pub(super) fn new(stream: S, said: Said) -> Self {
        Self { stream, said }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        self.said.add(&buf.filled()[before..]);
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_busy_is_told_from_others() {
        for (text, busy, instead) in [
            ("", true, Some("")),
            (
                "Exceeded MaxStartups\r\n",
                true,
                Some("Exceeded MaxStartups"),
            ),
            (
                "Not allowed at this time\r\n",
                false,
                Some("Not allowed at this time"),
            ),
            (
                "HTTP/1.1 400 Bad Request\r\n",
                false,
                Some("HTTP/1.1 400 Bad Request"),
            ),
            ("hello\nSSH-2.0-OpenSSH_9.2p1\r\n", false, None),
        ] {
            let said = Said::default();
            said.add(text.as_bytes());
            assert_eq!(said.was_too_busy(), busy, "{text}");
            assert_eq!(said.instead().as_deref(), instead, "{text}");
        }
    }
}
