//! Asking the lab server's ClickHouse, from here: the server shares its network with it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::failure::{Context, Result};
use crate::lab;

/// Longer than this, and it counts as not answering.
const PATIENCE: Duration = Duration::from_millis(1000);

/// How ClickHouse answers right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// Whether there was an answer at all.
    pub(super) up: bool,
    /// The rows that the service has written; none where it can't say.
    pub(super) rows: Option<u64>,
}

/// Asks with the account that the deployment wrote.
pub(super) struct ClickHouse {
    address: SocketAddr,
    request: String,
}

impl ClickHouse {
    pub(super) fn new(password: &str) -> Result<Self> {
        let question = "SELECT count() FROM dataflow.cdr";
        Ok(Self {
            address: format!("{}:8123", lab::SERVER)
                .parse()
                .context("the server's address")?,
            // Version 1.0: the answer ends where the connection does, and comes in one piece.
            request: format!(
                "POST / HTTP/1.0\r\nX-ClickHouse-User: default\r\nX-ClickHouse-Key: {password}\r\nContent-Length: {}\r\n\r\n{question}",
                question.len()
            ),
        })
    }

    pub(super) fn ask(&self) -> Answer {
        let answer = self.answer().unwrap_or_default();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        Answer {
            up: head.starts_with("HTTP/"),
            rows: body.trim().parse().ok(),
        }
    }

    fn answer(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(self.request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}
