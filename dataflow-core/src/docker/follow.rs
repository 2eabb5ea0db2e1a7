//! What a container has written and writes, line by line.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::mpsc;

use super::{
    engine::{ANSWER, Engine},
    error::DockerError,
    frames::{Frames, LogOutput, RawLine},
};
use crate::host::escaped;

/// How often it is looked whether a container that had ended runs again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Which lines of a container's log are read.
#[derive(Debug, Clone, Copy)]
pub struct LogRange {
    /// Only those written at or after this time, by the server's clock.
    pub since: Option<Timestamp>,
    /// Only so many of the last ones.
    pub last: Option<u32>,
    /// Also those that are still to be written.
    pub follow: bool,
}

/// One line of a container's log: free of the secret, and of control characters but the tabulator.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LogLine {
    /// The container.
    pub container: String,
    /// When it was written, by the server's clock.
    pub at: Timestamp,
    /// To which output.
    pub output: LogOutput,
    /// The line.
    pub text: String,
}

impl Engine {
    /// The engine's own time.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn time(&self) -> Result<Timestamp, DockerError> {
        let doing = "tell the time";
        let info = self.within(ANSWER, doing, self.docker.info()).await?;
        let said = info.system_time.unwrap_or_default();
        said.parse().map_err(|_| DockerError::NoAnswer {
            host: self.host.label(),
            doing: doing.to_owned(),
            detail: crate::host::shown(said.as_bytes()),
        })
    }

    /// Sends what a container has written to `lines`, until all was sent, or, where it is followed, until nobody takes them any
    /// more: through its restarts, its absence and its successors.
    ///
    /// # Errors
    /// Where the engine gives no answer, or one that is no log.
    pub async fn send_log(
        &self,
        name: &str,
        range: LogRange,
        secret: &SecretString,
        lines: &mpsc::Sender<LogLine>,
    ) -> Result<(), DockerError> {
        let mut reader = Reader {
            engine: self,
            name,
            secret,
            lines,
            range,
            last: None,
        };
        let mut run = None;
        loop {
            let container = self.container(name).await?;
            // What has ended was read to its end; it is read again when it has been started again.
            let now = container.map(|container| (container.id, container.started_at));
            if now.is_some() && now != run {
                run = now;
                reader.read().await?;
            }
            if !range.follow || lines.is_closed() {
                return Ok(());
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = lines.closed() => return Ok(()),
            }
        }
    }
}

/// Reads one container's log, several times where it is followed.
struct Reader<'a> {
    engine: &'a Engine,
    name: &'a str,
    secret: &'a SecretString,
    lines: &'a mpsc::Sender<LogLine>,
    range: LogRange,
    /// The time of the last line that was sent.
    last: Option<Timestamp>,
}

impl Reader<'_> {
    /// Until the engine ends the answer: when the container ends, or all was read.
    async fn read(&mut self) -> Result<(), DockerError> {
        let doing = format!("read the log of {}", self.name);
        let known = self.last;
        let mut body = match self.engine.within(ANSWER, &doing, self.ask()).await {
            // It was taken away in the meantime.
            Err(error) if error.is_not_found() => return Ok(()),
            answer => answer?,
        };
        let mut frames = Frames::default();
        loop {
            let next = async {
                tokio::select! {
                        next = body.frame() => next.transpose().map_err(bollard::errors::Error::from),
                    () = self.lines.closed() => Ok(None),
                }
            };
            let next = if self.range.follow {
                // It may be silent for days; the session's own signs of life tell whether it still stands.
                next.await
                    .map_err(|error| self.engine.failure(&doing, error))?
            } else {
                self.engine.within(ANSWER, &doing, next).await?
            };
            let (complete, over) = match next {
                Some(frame) => {
                    let piece = frame.into_data().unwrap_or_default();
                    let garbled = |_| DockerError::NoAnswer {
                        host: self.engine.host.label(),
                        doing: doing.clone(),
                        detail: "what came is no log".to_owned(),
                    };
                    (frames.take(&piece).map_err(garbled)?, false)
                }
                None => (frames.end(), true),
            };
            for line in complete {
                // The engine begins again with the lines of the moment that was asked for.
                if known.is_some_and(|known| line.at <= known) {
                    continue;
                }
                self.last = self.last.max(Some(line.at));
                if self.lines.send(self.shown(line)).await.is_err() {
                    return Ok(());
                }
            }
            if over {
                return Ok(());
            }
        }
    }

    async fn ask(&self) -> Result<Incoming, bollard::errors::Error> {
        let mut query = "stdout=1&stderr=1&timestamps=1".to_owned();
        if self.range.follow {
            query.push_str("&follow=1");
        }
        match (self.last, self.range.since) {
            (Some(time), _) | (None, Some(time)) => {
                let (seconds, nanos) = (time.as_second(), time.subsec_nanosecond());
                query.push_str(&format!("&since={seconds}.{nanos:09}"));
            }
            (None, None) => {}
        }
        if let (Some(last), None) = (self.range.last, self.last) {
            query.push_str(&format!("&tail={last}"));
        }
        let path = format!("/containers/{}/logs?{query}", self.name);
        self.engine.ask(&path).await
    }

    fn shown(&self, line: RawLine) -> LogLine {
        LogLine {
            container: self.name.to_owned(),
            at: line.at,
            output: line.output,
            text: text_of(&line, self.secret.expose_secret()),
        }
    }
}

fn text_of(line: &RawLine, secret: &str) -> String {
    let mut text = String::from_utf8_lossy(&line.bytes).into_owned();
    if !secret.is_empty() {
        text = text.replace(secret, "[password]");
    }
    if line.cut > 0 {
        // What was cut off may have been the rest of the secret.
        let mut end = text.len().saturating_sub(secret.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    let mut text: Vec<String> = text
        .trim_end_matches('\r')
        .split('\t')
        .map(escaped)
        .collect();
    if line.cut > 0
        && let Some(last) = text.last_mut()
    {
        last.push_str(&format!(" [{} more bytes]", line.cut + secret.len()));
    }
    text.join("\t")
}

#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
