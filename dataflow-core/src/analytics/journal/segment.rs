//! Files with records, and the disk they are on.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Position;
use super::batches::Batch;

/// A file that is being written. Tests have one that fails.
pub(super) trait Medium: Send {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// What makes files. Tests have one that is full.
pub(super) trait Disk: Send + 'static {
    /// Opens a file to write at its end, and makes it where it is not there.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>>;
}

/// The disk itself.
pub(super) struct Files;

impl Disk for Files {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Box::new(file))
    }
}

impl Medium for File {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        Write::write_all(self, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Has a directory keep the names of the files in it.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The segments that there are.
#[derive(Debug, Default)]
pub(super) struct Segments {
    by_first: BTreeMap<Position, Segment>,
}

/// A segment.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// The position of its first record.
    pub(super) first: Position,
    /// Its bytes that are on the disk for sure.
    pub(super) bytes: u64,
    /// The position after its last record.
    pub(super) end: Position,
    /// Where some of its records begin, each about a megabyte after the one before.
    pub(super) marks: Vec<(Position, u64)>,
}

/// Bytes between two marks.
const MARK: u64 = 1024 * 1024;

impl Segment {
    pub(super) fn new(directory: &Path, first: Position) -> Self {
        Self {
            path: directory.join(name(first)),
            first,
            bytes: 0,
            end: first,
            marks: Vec::new(),
        }
    }

    /// A record that begins at that byte.
    pub(super) fn mark(&mut self, position: Position, offset: u64) {
        let last = self.marks.last().map_or(0, |(_, offset)| *offset);
        if self.marks.is_empty() || offset >= last + MARK {
            self.marks.push((position, offset));
        }
    }

    /// The last marked record at or before a position, and the byte where it begins.
    pub(super) fn before(&self, position: Position) -> (Position, u64) {
        let after = self.marks.partition_point(|(mark, _)| *mark <= position);
        let mark = after.checked_sub(1).and_then(|at| self.marks.get(at));
        mark.copied().unwrap_or((self.first, 0))
    }
}

const SUFFIX: &str = ".segment";

/// The name of the segment that begins there; names sort as positions do.
fn name(first: Position) -> String {
    format!("{first:020}{SUFFIX}")
}

/// The first position of a segment, by its name.
pub(super) fn first_of(name: &str) -> Option<Position> {
    name.strip_suffix(SUFFIX)?.parse().ok()
}

impl Segments {
    pub(super) fn add(&mut self, first: Position, segment: Segment) {
        self.by_first.insert(first, segment);
    }

    /// The first position of all.
    pub(super) fn first(&self) -> Option<Position> {
        self.by_first.keys().next().copied()
    }

    /// The last, which is written.
    pub(super) fn last(&mut self) -> Option<&mut Segment> {
        self.by_first.values_mut().next_back()
    }

    /// The bytes of all.
    pub(super) fn bytes(&self) -> u64 {
        self.by_first.values().map(|segment| segment.bytes).sum()
    }

    /// Those that records of a range are in.
    pub(super) fn of(&self, batch: Batch) -> Vec<Segment> {
        let overlapping = self
            .by_first
            .range(..=batch.last)
            .map(|(_, segment)| segment);
        overlapping
            .filter(|segment| segment.end > batch.first)
            .cloned()
            .collect()
    }

    /// Those that end before this position, but for the last; they are not listed any more.
    pub(super) fn take_before(&mut self, position: Position) -> Vec<Segment> {
        let last = self.by_first.keys().next_back().copied();
        let over = self
            .by_first
            .iter()
            .filter(|(first, segment)| segment.end <= position && Some(**first) != last);
        let over: Vec<Position> = over.map(|(first, _)| *first).collect();
        over.iter()
            .filter_map(|first| self.by_first.remove(first))
            .collect()
    }
}
