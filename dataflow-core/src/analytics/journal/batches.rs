//! Ranges of positions that are worked on as one, and the index that keeps them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::frame;
use super::segment::{Disk, Medium, sync_directory};
use super::{JournalError, Position};

/// A range of positions, both ends in it. The same range has the same records for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Batch {
    /// The first position.
    pub first: Position,
    /// The last.
    pub last: Position,
}

/// The index: which ranges were begun, and which are done.
pub(super) struct Batches {
    path: PathBuf,
    medium: Box<dyn Medium>,
    /// Bytes of it that are on the disk for sure.
    bytes: u64,
    pub(super) epoch: u64,
    /// Begun and not done, with whether this process has given it out.
    open: BTreeMap<Batch, bool>,
    /// The first position that no batch has.
    pub(super) next: Position,
}

/// What a record of the index says; the number is its position in the file, for the checksum only.
const EPOCH: u8 = 0;
const BEGUN: u8 = 1;
const DONE: u8 = 2;
/// All before this position is in batches that are done.
const FROM: u8 = 3;

/// An index that is longer is written anew.
const COMPACT: u64 = 64 * 1024;

const FILE: &str = "batches";

fn put(buffer: &mut Vec<u8>, what: u8, one: u64, two: u64) {
    frame::put(
        buffer,
        0,
        &[&[what], &one.to_le_bytes(), &two.to_le_bytes()],
    );
}

fn get(body: &[u8]) -> Option<(u8, u64, u64)> {
    let (what, rest) = body.split_first()?;
    let (one, rest) = rest.split_first_chunk::<8>()?;
    let two = rest.first_chunk::<8>()?;
    Some((*what, u64::from_le_bytes(*one), u64::from_le_bytes(*two)))
}

impl Batches {
    /// Reads the index, or begins one with this epoch at the first position that there is. A torn end of it is left out.
    pub(super) fn open(
        directory: &Path,
        disk: &dyn Disk,
        new_epoch: u64,
        first: Position,
    ) -> Result<Self, JournalError> {
        let path = directory.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(JournalError::io("reading", &path, &error)),
        };
        let mut open = BTreeMap::new();
        let mut next = 0;
        let mut epoch = None;
        let mut offset = 0;
        while let Some(found) = frame::at(&bytes, offset) {
            offset = found.end;
            match get(found.body) {
                Some((EPOCH, one, _)) => epoch = Some(one),
                Some((FROM, one, _)) => next = one.max(next),
                Some((BEGUN, first, last)) => {
                    open.insert(Batch { first, last }, false);
                    next = next.max(last + 1);
                }
                Some((DONE, first, last)) => {
                    open.remove(&Batch { first, last });
                }
                _ => {}
            }
        }
        let medium = disk
            .open(&path)
            .map_err(|error| JournalError::io("opening", &path, &error))?;
        let mut batches = Self {
            path,
            medium,
            bytes: 0,
            epoch: epoch.unwrap_or(new_epoch),
            open,
            next: if epoch.is_some() { next } else { first },
        };
        batches.compact(directory, disk)?;
        Ok(batches)
    }

    /// All before this position is done.
    pub(super) fn done_before(&self) -> Position {
        self.open
            .keys()
            .next()
            .map_or(self.next, |batch| batch.first)
    }

    /// The next batch: one that was begun before this process, else a new one of what is there up to `end`.
    pub(super) fn next_batch(
        &mut self,
        records: u64,
        end: Position,
    ) -> Result<Option<Batch>, JournalError> {
        if let Some((batch, given)) = self.open.iter_mut().find(|(_, given)| !**given) {
            *given = true;
            return Ok(Some(*batch));
        }
        if self.next >= end {
            return Ok(None);
        }
        let batch = Batch {
            first: self.next,
            last: end.min(self.next.saturating_add(records)) - 1,
        };
        self.write(BEGUN, batch.first, batch.last, true)?;
        self.open.insert(batch, true);
        self.next = batch.last + 1;
        Ok(Some(batch))
    }

    /// The batch is done. Whether that gets lost in a kill does not matter: it is tried again.
    pub(super) fn done(&mut self, batch: Batch) -> Result<(), JournalError> {
        if self.open.contains_key(&batch) {
            self.write(DONE, batch.first, batch.last, false)?;
            self.open.remove(&batch);
        }
        Ok(())
    }

    fn write(&mut self, what: u8, one: u64, two: u64, sync: bool) -> Result<(), JournalError> {
        let mut record = Vec::new();
        put(&mut record, what, one, two);
        let written = self
            .medium
            .write_all(&record)
            .and_then(|()| if sync { self.medium.sync() } else { Ok(()) });
        if let Err(error) = written {
            // What was written of it goes, so that what follows is read.
            let _ = self.medium.cut(self.bytes);
            return Err(JournalError::io("writing", &self.path, &error));
        }
        self.bytes += record.len() as u64;
        Ok(())
    }

    /// Whether it is long enough to be written anew.
    pub(super) fn is_long(&self) -> bool {
        self.bytes > COMPACT
    }

    /// Writes it anew with what still matters, in one step; after it, what is done is known to be done for good.
    pub(super) fn compact(
        &mut self,
        directory: &Path,
        disk: &dyn Disk,
    ) -> Result<(), JournalError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error: std::io::Error| JournalError::io("writing", &path, &error)
        };
        let mut bytes = Vec::new();
        put(&mut bytes, EPOCH, self.epoch, 0);
        put(&mut bytes, FROM, self.next, 0);
        for batch in self.open.keys() {
            put(&mut bytes, BEGUN, batch.first, batch.last);
        }
        let new = directory.join("batches.new");
        let _ = fs::remove_file(&new);
        let mut medium = disk.open(&new).map_err(failed(&new))?;
        medium.write_all(&bytes).map_err(failed(&new))?;
        medium.sync().map_err(failed(&new))?;
        fs::rename(&new, &self.path).map_err(failed(&self.path))?;
        sync_directory(directory).map_err(failed(directory))?;
        self.medium = medium;
        self.bytes = bytes.len() as u64;
        Ok(())
    }
}
