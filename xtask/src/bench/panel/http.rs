//! As much of HTTP as it takes to ask for much and to measure it: requests made once, answers whose length is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::failure::{Context, Failure, Result};

/// How long an answer may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer whose body has been passed over, or not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

/// A request, with these header lines and this body.
pub(super) fn request(method: &str, path: &str, headers: &[&str], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    for line in headers {
        text.push_str(&format!("{line}\r\n"));
    }
    if method != "GET" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str(&format!("\r\n{body}"));
    text.into_bytes()
}

/// The status and the length, head and body, of the answer at the start of these bytes, once its head is there.
pub(super) fn measure(bytes: &[u8]) -> Option<(u16, usize)> {
    let head = head(bytes)?;
    let status = bytes.get(9..12)?;
    let status = std::str::from_utf8(status).ok()?.parse().ok()?;
    let length = bytes.get(..head)?.split(|byte| *byte == b'\n');
    let mut length = length.filter_map(|line| {
        let (name, value) = line.split_at_checked(15)?;
        let value = std::str::from_utf8(value).ok()?.trim();
        name.eq_ignore_ascii_case(b"content-length:")
            .then(|| value.parse::<usize>().ok())?
    });
    Some((status, head + length.next_back().unwrap_or(0)))
}

/// The length of the head of the answer at the start of these bytes, with the empty line.
pub(super) fn head(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

/// A connection that waits for its answers.
pub(super) struct Connection(TcpStream);

impl Connection {
    pub(super) fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("connecting to the panel")?;
        let set = stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(PATIENCE)));
        set.context("setting a connection up")?;
        Ok(Self(stream))
    }

    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        self.0.write_all(request).context("asking the panel")?;
        let mut bytes = Vec::with_capacity(4096);
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = self.0.read(&mut buffer).context("the panel's answer")?;
            bytes.extend_from_slice(&buffer[..read]);
            match measure(&bytes) {
                Some((status, length)) if bytes.len() >= length => {
                    let head = head(&bytes).unwrap_or(length);
                    return Ok(Answer {
                        status,
                        head: String::from_utf8_lossy(&bytes[..head]).into_owned(),
                        body: bytes.split_off(head),
                    });
                }
                _ if read == 0 => return Err(Failure::new("the panel's answer breaks off")),
                _ => {}
            }
        }
    }
}

/// Asks on a connection of a runtime; gives the status. `buffer` is for the answer.
pub(super) async fn ask(
    stream: &mut tokio::net::TcpStream,
    request: &[u8],
    buffer: &mut Vec<u8>,
) -> std::io::Result<u16> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match measure(buffer) {
            Some((status, length)) if buffer.len() >= length => return Ok(status),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answers_length_is_told_once_its_head_is_there() {
        for (bytes, told) in [
            ("HTTP/1.1 200 OK\r\ncontent-le", None),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
                Some((200, 43)),
            ),
            ("HTTP/1.1 204 No Content\r\n\r\n", Some((204, 27))),
            (
                "HTTP/1.1 404 Not Found\r\na: b\r\ncontent-length:12\r\n\r\n",
                Some((404, 63)),
            ),
        ] {
            assert_eq!(measure(bytes.as_bytes()), told, "{bytes}");
        }
    }

    #[test]
    fn only_what_has_a_body_says_how_long_it_is() {
        assert_eq!(
            request("GET", "/", &["A: b"], ""),
            b"GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\r\n"
        );
        assert!(request("POST", "/", &[], "x=y").ends_with(b"Content-Length: 3\r\n\r\nx=y"));
    }
}
