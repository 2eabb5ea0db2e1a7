//! Many who watch one run live, each with a connection of their own, each with a list of what they heard.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::http;
use crate::failure::{Context, Failure, Result};

/// How long a run may say nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a viewer has heard so far.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// What came and is no whole line yet.
    rest: Vec<u8>,
    /// The numbers of the events.
    numbers: Vec<u64>,
    resets: u64,
    ended: bool,
}

impl Heard {
    /// Takes what came, without the marks of chunks: a line with one is none that an event has.
    fn takes(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end();
            if let Some(id) = line.strip_prefix("id: ") {
                let number = id
                    .rsplit_once('-')
                    .and_then(|(_, number)| number.parse().ok());
                // One that is none must not be passed over: it is lost, then.
                self.numbers.push(number.unwrap_or(u64::MAX));
            }
            self.resets += u64::from(line == "event: reset");
            self.ended |= line == "event: end";
        }
    }

    /// How many events it has not heard that others have, of `all`.
    fn lost(&self, all: u64) -> u64 {
        let whole = self.resets == 0 && self.ended && self.numbers.iter().copied().eq(0..all);
        let mut heard = self.numbers.clone();
        heard.retain(|number| *number < all);
        heard.dedup();
        match whole {
            true => 0,
            false => all.saturating_sub(heard.len() as u64).max(1),
        }
    }
}

/// Viewers who listen.
pub(super) struct Viewers {
    listening: JoinSet<Result<Heard>>,
}

/// What all viewers together heard.
pub(super) struct AllHeard {
    /// How many events the run told.
    pub(super) events: u64,
    /// How many of them did not reach a viewer, summed over all viewers.
    pub(super) lost: u64,
}

impl Viewers {
    /// Has so many listen to a run from its start; each is answered when this is over.
    pub(super) async fn open(
        address: SocketAddr,
        cookie: &str,
        run: &str,
        count: usize,
    ) -> Result<Self> {
        let path = format!("/live/runs/{run}");
        let request = http::request("GET", &path, &[cookie], "");
        let mut listening = JoinSet::new();
        for _ in 0..count {
            let stream = TcpStream::connect(address).await.context("a viewer")?;
            let viewer = begin(stream, &request).await?;
            listening.spawn(viewer.listen());
        }
        Ok(Self { listening })
    }

    /// What they have heard when the run is over.
    pub(super) async fn heard(self) -> Result<AllHeard> {
        let all: Result<Vec<_>> = self.listening.join_all().await.into_iter().collect();
        let all = all?;
        let highest = all.iter().flat_map(|heard| &heard.numbers).max();
        let events = highest.map_or(0, |highest| highest.saturating_add(1));
        Ok(AllHeard {
            events,
            lost: all.iter().map(|heard| heard.lost(events)).sum(),
        })
    }
}

struct Viewer {
    stream: TcpStream,
    heard: Heard,
}

async fn begin(mut stream: TcpStream, request: &[u8]) -> Result<Viewer> {
    stream.write_all(request).await.context("a viewer")?;
    let mut bytes = Vec::new();
    let head = loop {
        if stream.read_buf(&mut bytes).await.context("a viewer")? == 0 {
            return Err(Failure::new("a viewer was not answered"));
        }
        if let Some(head) = http::head(&bytes) {
            break head;
        }
    };
    if !bytes.starts_with(b"HTTP/1.1 200") {
        let head = String::from_utf8_lossy(&bytes).into_owned();
        return Err(Failure::new(format!("a viewer was refused: {head}")));
    }
    let mut heard = Heard::default();
    heard.takes(&bytes[head..]);
    Ok(Viewer { stream, heard })
}

impl Viewer {
    async fn listen(mut self) -> Result<Heard> {
        let mut buffer = [0; 8 * 1024];
        while !self.heard.ended {
            let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut buffer)).await;
            match read
                .context("a viewer heard nothing")?
                .context("a viewer")?
            {
                0 => break,
                read => self.heard.takes(&buffer[..read]),
            }
        }
        Ok(self.heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(numbers: &[u64], end: bool) -> Heard {
        let mut heard = Heard::default();
        for number in numbers {
            let event = format!("20\r\nid: 0a-{number}\nevent: add\ndata: {{}}\n\n\r\n");
            // However it is cut.
            for half in event.as_bytes().chunks(7) {
                heard.takes(half);
            }
        }
        if end {
            heard.takes(b"event: end\n");
        }
        heard
    }

    #[test]
    fn a_viewer_who_has_heard_all_in_order_has_lost_nothing() {
        assert_eq!(heard(&[0, 1, 2], true).lost(3), 0);
    }

    #[test]
    fn given_a_gap_or_no_end_or_two_in_the_wrong_order_then_something_is_lost() {
        assert_eq!(heard(&[0, 2], true).lost(3), 1);
        assert_eq!(heard(&[], true).lost(3), 3);
        assert_eq!(heard(&[0, 1, 2], false).lost(3), 1);
        assert_eq!(heard(&[0, 2, 1], true).lost(3), 1);
        let mut reset = heard(&[0, 1, 2], true);
        reset.takes(b"event: reset\n");
        assert_eq!(reset.lost(3), 1);
    }
}
