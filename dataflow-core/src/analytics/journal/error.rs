//! Why something was not kept.

use std::io;
use std::path::{Path, PathBuf};

use crate::{Explain, Kind};

/// Why something was not kept, or not read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// The disk is full.
    #[error("the disk of {} is full: nothing new is kept", .path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// The journal has as many bytes as it may have.
    #[error("the journal has {bytes} bytes, of {limit} allowed: nothing new is kept")]
    Full {
        /// How many it has.
        bytes: u64,
        /// How many it may have.
        limit: u64,
    },
    /// The disk, or what is on it, is not as it should be.
    #[error("{what} {}: {reason}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// Another process has it open.
    #[error("another process has the journal {} open", .path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// A record is too long.
    #[error("a record of {bytes} bytes is longer than any that can be kept")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It was closed, or its thread has ended.
    #[error("the journal is closed")]
    Closed,
}

impl JournalError {
    pub(super) fn io(what: &'static str, path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull {
                path: path.to_owned(),
            },
            _ => Self::Io {
                what,
                path: path.to_owned(),
                reason: error.to_string(),
            },
        }
    }

    pub(super) fn thread(error: io::Error) -> Self {
        Self::io("starting the thread of the journal", Path::new(""), &error)
    }
}

impl Explain for JournalError {
    fn kind(&self) -> Kind {
        match self {
            Self::InUse { .. } => Kind::Locked,
            _ => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::DiskFull { .. } => "Make room on that disk. What the journal has stays; the PBX sends again what was not received, and the rest is filled in by REST.",
            Self::Full { .. } => "See why ClickHouse takes nothing: the journal shrinks as soon as it does.",
            Self::Io { .. } => "See `dmesg` and the state of the disk.",
            Self::InUse { .. } => "Stop the other process; one engine at a time writes a journal.",
            Self::TooLong { .. } => "It is no message of a PBX.",
            Self::Closed => "Start the engine again; its log says why the journal closed.",
        }
        .to_owned()
    }
}
