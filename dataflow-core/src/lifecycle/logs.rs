//! What the containers write, in one stream, in the order in which it was written.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use secrecy::SecretString;
use tokio::{sync::mpsc, task::JoinSet};

use super::error::LifecycleError;
use crate::docker::{DockerError, Engine, LogLine, LogRange};

/// How many lines of a container are held while those of the other are awaited.
const HELD: usize = 64;

/// How long a followed container that is silent may hold up the other's lines: one that was written before may be on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

/// What is asked of the logs.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Only this container's, by what it is; both where none is named.
    pub only: Option<LogOf>,
    /// Only lines written since then.
    pub since: Option<Since>,
    /// Only so many of the last lines of each container.
    pub last: Option<u32>,
    /// Only lines in which this is found.
    pub grep: Option<Regex>,
    /// Also lines that are still to be written: until the stream is dropped.
    pub follow: bool,
}

/// One of the two containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogOf {
    /// The database.
    ClickHouse,
    /// The service.
    Service,
}

/// A moment in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// At this time.
    At(Timestamp),
    /// So long ago, by the server's clock.
    Ago(Duration),
}

impl Since {
    /// The moment, by the clock of the server that wrote the lines.
    pub(super) async fn moment(self, engine: &Engine) -> Result<Timestamp, DockerError> {
        Ok(match self {
            Self::At(time) => time,
            Self::Ago(time) => {
                let ago = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
                let now = engine.time().await?;
                now.checked_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        })
    }
}

/// The lines of one container or of both. Dropping it ends the reading.
pub struct Logs {
    sources: Vec<Source>,
    grep: Option<Regex>,
    follow: bool,
    reading: JoinSet<Result<(), DockerError>>,
}

/// One container's lines.
struct Source {
    lines: mpsc::Receiver<LogLine>,
    next: Option<LogLine>,
}

impl Logs {
    pub(super) fn read(
        engine: &Engine,
        names: &[&'static str],
        range: LogRange,
        grep: Option<Regex>,
        secret: &SecretString,
    ) -> Self {
        let mut reading = JoinSet::new();
        let sources = names
            .iter()
            .map(|name| {
                let (sender, lines) = mpsc::channel(HELD);
                let (engine, secret, name) = (engine.clone(), secret.clone(), *name);
                reading.spawn(async move { engine.send_log(name, range, &secret, &sender).await });
                Source { lines, next: None }
            })
            .collect();
        Self {
            sources,
            grep,
            follow: range.follow,
            reading,
        }
    }

    /// The next line that was asked for. `None` where all were read.
    ///
    /// # Errors
    /// Where the engine, or the server, is not there any more.
    pub async fn next(&mut self) -> Result<Option<LogLine>, LifecycleError> {
        while let Some(line) = self.oldest().await {
            if self
                .grep
                .as_ref()
                .is_none_or(|grep| grep.is_match(&line.text))
            {
                return Ok(Some(line));
            }
        }
        while let Some(ended) = self.reading.join_next().await {
            // A task of ours neither panics nor is it aborted while it is waited for.
            if let Ok(ended) = ended {
                ended?;
            }
        }
        Ok(None)
    }

    /// The oldest of the lines that are there; `None` once a container's lines have ended that should not have, or all have.
    async fn oldest(&mut self) -> Option<LogLine> {
        loop {
            if self.follow {
                if self.sources.iter().all(|source| source.next.is_none()) {
                    self.first().await;
                }
                // What came in the meantime is kept, also where the time is over.
                let _late = tokio::time::timeout(ON_ITS_WAY, self.all()).await;
            } else {
                self.all().await;
            }
            let oldest = self
                .sources
                .iter_mut()
                .filter(|source| source.next.is_some())
                .min_by_key(|source| source.next.as_ref().map(|line| line.at));
            if let Some(source) = oldest {
                return source.next.take();
            }
            if !self.follow || self.sources.iter().any(|source| source.lines.is_closed()) {
                return None;
            }
        }
    }

    /// Waits until each of them has a line, or has ended.
    async fn all(&mut self) {
        futures_util::future::join_all(self.sources.iter_mut().map(Source::fill)).await;
    }

    /// Waits until one of them has a line, or has ended.
    async fn first(&mut self) {
        let waiting = self
            .sources
            .iter_mut()
            .map(|source| Box::pin(source.fill()));
        let _one = futures_util::future::select_all(waiting).await;
    }
}

impl Source {
    /// Waits for the next line, if there is none yet and there will be one.
    async fn fill(&mut self) {
        if self.next.is_none() {
            self.next = self.lines.recv().await;
        }
    }
}

#[cfg(test)]
#[path = "logs_tests.rs"]
mod tests;
