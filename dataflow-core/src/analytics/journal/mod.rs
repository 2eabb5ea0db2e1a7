//! The durable journal: what the PBX tells is on the disk before anybody says that it was received.
//!
//! - A *segment* is a file of records with positions that follow each other; its name is the position of its first.
//! - One thread writes. Whoever appends meanwhile waits for the same `fdatasync`: a group commit.
//! - A *batch* is a fixed range of positions. It is written to the index before it is tried for the first time, so that what is tried
//!   again after a kill is the same range.
//! - A record counts as kept once [`append`](Journal::append) has answered. Where the disk is full or fails, it answers that it is not, and
//!   what was kept before stays kept.
//! - What a kill left half written at the end is cut off at the next start, and told. What is damaged before the end is passed over, told,
//!   and left where it is.
//! - A segment is removed when all of it was in batches that are done.

mod batches;
mod error;
mod frame;
mod lock;
mod read;
mod recovery;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

pub use batches::Batch;
pub use error::JournalError;
pub use recovery::{Damage, Recovery};
use segment::{Disk, Files, Segments};
use writer::{Request, Writer};

use super::read::{Delivery, MESSAGE_LIMIT, PAGE_LIMIT};

/// The place of a record in the journal, from 0.
pub type Position = u64;

/// A record has at most this many bytes.
const RECORD_LIMIT: usize = if PAGE_LIMIT > MESSAGE_LIMIT {
    PAGE_LIMIT
} else {
    MESSAGE_LIMIT
} + 64;

/// How the journal is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory, which is made where it is not there.
    pub directory: PathBuf,
    /// A segment that has as many bytes is followed by another.
    pub segment_bytes: u64,
    /// As many bytes it may have in all; beyond, it keeps nothing new until segments could be removed.
    pub limit_bytes: u64,
}

impl Options {
    /// Segments of 16 MiB, 4 GiB in all: some ten million events.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            segment_bytes: 16 * 1024 * 1024,
            limit_bytes: 4 * 1024 * 1024 * 1024,
        }
    }
}

/// The journal, open. It is written by one process at a time. Dropped, it writes what was given to it and closes.
#[derive(Debug)]
pub struct Journal {
    requests: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
    segments: Arc<Mutex<Segments>>,
    epoch: u64,
}

/// A record that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub position: Position,
    /// What was kept.
    pub delivery: Delivery,
}

impl Journal {
    /// Opens the journal, or begins one, and tells what was found. This takes as long as reading all that is not done yet.
    pub async fn open(options: Options) -> Result<(Self, Recovery), JournalError> {
        Self::open_on(options, Files).await
    }

    async fn open_on(options: Options, disk: impl Disk) -> Result<(Self, Recovery), JournalError> {
        let opened = tokio::task::spawn_blocking(move || Writer::open(options, Box::new(disk)));
        let (writer, recovery) = opened.await.map_err(|_| JournalError::Closed)??;
        let (sender, receiver) = mpsc::channel(1024);
        let segments = writer.segments();
        let epoch = writer.epoch();
        let thread = std::thread::Builder::new().name("journal".to_owned());
        let thread = thread
            .spawn(move || writer.run(receiver))
            .map_err(JournalError::thread)?;
        let journal = Self {
            requests: Some(sender),
            thread: Some(thread),
            segments,
            epoch,
        };
        Ok((journal, recovery))
    }

    /// A number that no other journal has, not even one begun anew in the same place: positions mean something together with it only.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Keeps what was delivered, all of it or none; answers with the position of the first when it is safe on the disk.
    pub async fn append(&self, deliveries: Vec<Delivery>) -> Result<Position, JournalError> {
        for delivery in &deliveries {
            let bytes = delivery.body.len();
            if bytes > RECORD_LIMIT - 64 {
                return Err(JournalError::TooLong { bytes });
            }
        }
        self.ask(|answer| Request::Append(deliveries, answer)).await
    }

    /// The next range to work on, with at most that many records, which is on the disk when this answers; none while there is nothing
    /// new. Ranges that an earlier process began and did not finish come first, as they were.
    pub async fn next_batch(&self, records: u64) -> Result<Option<Batch>, JournalError> {
        self.ask(|answer| Request::NextBatch(records.max(1), answer))
            .await
    }

    /// The batch is done: what is in it is safe elsewhere, and is never asked for again. Batches are done in any order.
    pub async fn done(&self, batch: Batch) -> Result<(), JournalError> {
        self.ask(|answer| Request::Done(batch, answer)).await
    }

    /// Reads the records of a range. Those that got damaged are not among them.
    pub async fn read(&self, batch: Batch) -> Result<Vec<Entry>, JournalError> {
        let segments = Arc::clone(&self.segments);
        let reading = tokio::task::spawn_blocking(move || {
            // The lock is held for the list only.
            let files = segments
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .of(batch);
            read::read(&files, batch)
        });
        reading.await.map_err(|_| JournalError::Closed)?
    }

    /// Writes what was given to it and closes.
    pub async fn close(mut self) -> Result<(), JournalError> {
        self.requests = None;
        let thread = self.thread.take();
        let ended = tokio::task::spawn_blocking(|| thread.map(JoinHandle::join));
        match ended.await {
            Ok(Some(Ok(())) | None) => Ok(()),
            _ => Err(JournalError::Closed),
        }
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, JournalError>>) -> Request,
    ) -> Result<T, JournalError> {
        let (answer, answered) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or(JournalError::Closed)?;
        requests
            .send(request(answer))
            .await
            .map_err(|_| JournalError::Closed)?;
        answered.await.map_err(|_| JournalError::Closed)?
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // The thread ends by itself when it has written what is in the channel.
        self.requests = None;
    }
}
