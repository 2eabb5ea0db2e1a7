//! Asks the lab's own machines over plain HTTP.

use std::io::{Error, Read, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Sends a request and gives the answer's body; a status other than 2xx is an error. `body` is JSON.
pub(super) fn ask(address: &str, method: &str, path: &str, body: &str) -> Result<String> {
    let address: SocketAddr = address.parse().map_err(Error::other)?;
    let patience = Duration::from_secs(1);
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    // HTTP/1.0: the answer ends with the connection.
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    match head.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(body.to_owned()),
        _ => Err(Error::other(
            head.lines().next().unwrap_or("no answer").to_owned(),
        )),
    }
}
