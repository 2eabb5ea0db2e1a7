//! The thread that writes.

use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot};

use super::batches::{Batch, Batches};
use super::lock::Lock;
use super::segment::{Disk, Medium, Segment, Segments, sync_directory};
use super::{Damage, JournalError, Options, Position, Recovery, read, recovery};
use crate::analytics::read::Delivery;

type Answer<T> = oneshot::Sender<Result<T, JournalError>>;

/// What the thread is asked for.
pub(super) enum Request {
    Append(Vec<Delivery>, Answer<Position>),
    NextBatch(u64, Answer<Option<Batch>>),
    Done(Batch, Answer<()>),
}

/// Requests that are written with one `fdatasync`.
const GROUP: usize = 1024;
/// A group with more bytes is written before more is taken.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

pub(super) struct Writer {
    options: Options,
    disk: Box<dyn Disk>,
    segments: Arc<Mutex<Segments>>,
    batches: Batches,
    /// The segment that is written; none after the disk failed, until there is another.
    medium: Option<Box<dyn Medium>>,
    /// The position of the next record.
    next: Position,
    /// Held for as long as the journal is open.
    _lock: Lock,
}

impl Writer {
    pub(super) fn open(
        options: Options,
        disk: Box<dyn Disk>,
    ) -> Result<(Self, Recovery), JournalError> {
        let directory = &options.directory;
        fs::create_dir_all(directory)
            .map_err(|error| JournalError::io("making", directory, &error))?;
        let lock = Lock::take(directory)?;
        let (segments, mut recovery) = recovery::recover(directory)?;
        let first = segments.first().unwrap_or(recovery.end);
        let batches = Batches::open(directory, &*disk, new_epoch(), first)?;
        let mut lost = |first, end| {
            if first < end {
                recovery.damage.push(Damage {
                    path: directory.clone(),
                    first,
                    end,
                });
            }
        };
        // Segments are gone though the index is not, as when a part of a disk was put back.
        lost(batches.done_before(), first);
        lost(recovery.end.max(first), batches.next);
        // Positions are never used twice.
        let next = recovery.end.max(batches.next);
        recovery.end = next;
        recovery.waiting = next - batches.done_before();
        let writer = Self {
            segments: Arc::new(Mutex::new(segments)),
            batches,
            disk,
            medium: None,
            next,
            options,
            _lock: lock,
        };
        Ok((writer, recovery))
    }

    pub(super) fn segments(&self) -> Arc<Mutex<Segments>> {
        Arc::clone(&self.segments)
    }

    pub(super) fn epoch(&self) -> u64 {
        self.batches.epoch
    }

    fn list(&self) -> MutexGuard<'_, Segments> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until nobody can ask any more.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut taken = Vec::new();
        while requests.blocking_recv_many(&mut taken, GROUP) > 0 {
            let mut group = Vec::new();
            let mut bytes = 0;
            for request in taken.drain(..) {
                match request {
                    Request::Append(deliveries, answer) => {
                        bytes += deliveries
                            .iter()
                            .map(|delivery| delivery.body.len())
                            .sum::<usize>();
                        group.push((deliveries, answer));
                        if bytes > GROUP_BYTES {
                            self.commit(std::mem::take(&mut group));
                            bytes = 0;
                        }
                    }
                    Request::NextBatch(records, answer) => {
                        self.commit(std::mem::take(&mut group));
                        let batch = self.batches.next_batch(records, self.next);
                        let _ = answer.send(batch);
                    }
                    Request::Done(batch, answer) => {
                        let _ = answer.send(self.done(batch));
                    }
                }
            }
            self.commit(group);
        }
    }

    /// Writes what several have given, with one sync, and answers all of them.
    fn commit(&mut self, group: Vec<(Vec<Delivery>, Answer<Position>)>) {
        if group.is_empty() {
            return;
        }
        let mut buffer = Vec::new();
        let mut position = self.next;
        let mut firsts = Vec::with_capacity(group.len());
        let mut begins = Vec::new();
        for (deliveries, _) in &group {
            firsts.push(position);
            for delivery in deliveries {
                begins.push((position, buffer.len() as u64));
                read::put(&mut buffer, position, delivery);
                position += 1;
            }
        }
        let written = self.write(&buffer, &begins, position);
        for ((_, answer), first) in group.into_iter().zip(firsts) {
            // Who does not wait any more has not been told that it is kept; it is, and comes as a copy.
            let _ = answer.send(written.clone().map(|()| first));
        }
    }

    fn write(
        &mut self,
        buffer: &[u8],
        begins: &[(Position, u64)],
        next: Position,
    ) -> Result<(), JournalError> {
        if buffer.is_empty() {
            return Ok(());
        }
        let bytes = self.list().bytes();
        let limit = self.options.limit_bytes;
        if bytes.saturating_add(buffer.len() as u64) > limit {
            return Err(JournalError::Full { bytes, limit });
        }
        let mut medium = match self.medium.take() {
            Some(medium) => medium,
            None => self.begin_segment()?,
        };
        // Not locked while the disk works, so that those who read do not wait for it.
        let (path, good) = match self.list().last() {
            Some(segment) => (segment.path.clone(), segment.bytes),
            None => return Err(JournalError::Closed),
        };
        let written = medium.write_all(buffer).and_then(|()| medium.sync());
        if let Err(error) = written {
            // After a failed sync nobody knows what is on the disk: this file is left, cut to what is known to be good, and another one
            // begun when something is to be kept again. Where it can't be cut, what is beyond is passed over.
            let _ = medium.cut(good).and_then(|()| medium.sync());
            return Err(JournalError::io("writing", &path, &error));
        }
        let mut bytes = good;
        if let Some(segment) = self.list().last() {
            for (position, offset) in begins {
                segment.mark(*position, good + offset);
            }
            bytes += buffer.len() as u64;
            segment.bytes = bytes;
            segment.end = next;
        }
        self.next = next;
        if bytes < self.options.segment_bytes {
            self.medium = Some(medium);
        }
        Ok(())
    }

    fn begin_segment(&mut self) -> Result<Box<dyn Medium>, JournalError> {
        let directory = &self.options.directory;
        let segment = Segment::new(directory, self.next);
        let failed = |error| JournalError::io("beginning", &segment.path, &error);
        let mut medium = self.disk.open(&segment.path).map_err(failed)?;
        // One that failed before it had a record has the same name; what is in it was refused.
        medium.cut(0).map_err(failed)?;
        sync_directory(directory).map_err(failed)?;
        self.list().add(self.next, segment);
        Ok(medium)
    }

    fn done(&mut self, batch: Batch) -> Result<(), JournalError> {
        self.batches.done(batch)?;
        let directory = &self.options.directory;
        let before = self.batches.done_before();
        let over = self.list().take_before(before);
        if over.is_empty() && !self.batches.is_long() {
            return Ok(());
        }
        // Before a segment goes, the index must say for good that nobody needs it.
        self.batches.compact(directory, &*self.disk)?;
        for segment in over {
            fs::remove_file(&segment.path)
                .map_err(|error| JournalError::io("removing", &segment.path, &error))?;
        }
        Ok(())
    }
}

/// A number that no earlier journal had: the microseconds since 1970, with what a clock that was set back needs besides.
fn new_epoch() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let micros = u64::try_from(since.as_micros()).unwrap_or(0);
    micros << 12 | u64::from(rand::random::<u16>() >> 4)
}
