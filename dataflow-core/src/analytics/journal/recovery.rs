//! What is found when a journal is opened.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use super::segment::{Segment, Segments, first_of};
use super::{JournalError, Position, frame};

/// What was found when the journal was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovery {
    /// The position after the last record.
    pub end: Position,
    /// How many records are in no batch that is done.
    pub waiting: u64,
    /// Bytes at the end that a kill had left half written, and that were cut off. Nobody was told that they were kept.
    pub cut: u64,
    /// What was kept once and can't be read any more.
    pub damage: Vec<Damage>,
}

/// Records that can't be read any more. The bytes are left where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// The first position that is lost.
    pub first: Position,
    /// The position after the last that is lost.
    pub end: Position,
}

/// Reads the segments in a directory, and cuts off what is torn at the end of the last one.
pub(super) fn recover(directory: &Path) -> Result<(Segments, Recovery), JournalError> {
    let failed = |error| JournalError::io("reading", directory, &error);
    let mut firsts = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        firsts.extend(
            entry
                .map_err(failed)?
                .file_name()
                .to_str()
                .and_then(first_of),
        );
    }
    firsts.sort_unstable();
    let mut segments = Segments::default();
    let mut recovery = Recovery::default();
    let mut end = firsts.first().copied().unwrap_or(0);
    for (at, first) in firsts.iter().enumerate() {
        let mut segment = Segment::new(directory, *first);
        if *first > end {
            recovery.damage.push(Damage {
                path: segment.path.clone(),
                first: end,
                end: *first,
            });
        }
        scan(&mut segment, firsts.get(at + 1).copied(), &mut recovery)?;
        end = end.max(segment.end);
        segments.add(*first, segment);
    }
    recovery.end = end;
    Ok((segments, recovery))
}

/// Reads a segment, which has no records that the next one has: what a failed disk holds beyond was refused.
fn scan(
    segment: &mut Segment,
    next: Option<Position>,
    recovery: &mut Recovery,
) -> Result<(), JournalError> {
    let bytes = fs::read(&segment.path)
        .map_err(|error| JournalError::io("reading", &segment.path, &error))?;
    let mut good = 0;
    let found = frame::all(&bytes, segment.first);
    for found in found.take_while(|found| next.is_none_or(|next| found.position < next)) {
        if found.position > segment.end {
            recovery.damage.push(Damage {
                path: segment.path.clone(),
                first: segment.end,
                end: found.position,
            });
        }
        segment.mark(found.position, found.offset as u64);
        good = found.end;
        segment.end = found.position + 1;
    }
    segment.bytes = good as u64;
    if next.is_none() && good < bytes.len() {
        recovery.cut = (bytes.len() - good) as u64;
        let file = OpenOptions::new().write(true).open(&segment.path);
        let cut = file.and_then(|file| {
            file.set_len(good as u64)?;
            file.sync_all()
        });
        cut.map_err(|error| JournalError::io("cutting off the end of", &segment.path, &error))?;
    }
    Ok(())
}
