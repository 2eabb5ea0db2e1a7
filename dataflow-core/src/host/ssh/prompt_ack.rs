//! A socket that acknowledges at once what has come.
//!
//! sshd holds a small packet back until the one before it is acknowledged (Nagle's algorithm; it turns that off only for
//! interactive sessions), and the kernel here puts acknowledgements off for 40 ms in the hope of sending them along with data
//! (RFC 1122, 4.2.3.2). Where nothing is to be sent, both wait for each other: twice in the shortest of sessions.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Reads and writes as the socket does.
pub(super) struct PromptAck(pub(super) TcpStream);

impl AsyncRead for PromptAck {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.0).poll_read(cx, buf));
        // The kernel goes back to waiting by itself, so it is told each time. Without it the session is slower, and works.
        let _ = sockopt::set_tcp_quickack(&self.0, true);
        Poll::Ready(read)
    }
}

impl AsyncWrite for PromptAck {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Questions and answers in turns: after these, Linux puts a plain socket's acknowledgements off.
    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut S, peer: &mut TcpStream) {
        let mut byte = [0];
        for _ in 0..10 {
            socket.write_all(b"?").await.unwrap();
            peer.read_exact(&mut byte).await.unwrap();
            peer.write_all(b"!").await.unwrap();
            socket.read_exact(&mut byte).await.unwrap();
        }
    }

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        (socket, listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn given_questions_and_answers_then_each_answer_is_acknowledged_at_once() {
        let (socket, mut peer) = pair().await;
        let mut prompt = PromptAck(socket);
        converse(&mut prompt, &mut peer).await;
        assert!(sockopt::tcp_quickack(&prompt.0).unwrap());
    }
}
