//! One process at a time.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::JournalError;

/// The journal's directory is ours for as long as this is there, and no longer than the process is.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    pub(super) fn take(directory: &Path) -> Result<Self, JournalError> {
        let path = directory.join("lock");
        let file =
            File::create(&path).map_err(|error| JournalError::io("making", &path, &error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { file }),
            Err(_) => Err(JournalError::InUse {
                path: directory.to_owned(),
            }),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that was just forked has it open too, until it becomes another program.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn it_is_free_when_it_is_given_back_though_a_process_was_just_forked() {
        let place = tempfile::tempdir().unwrap();
        let lock = Lock::take(place.path()).unwrap();
        assert!(Lock::take(place.path()).is_err());
        // What a process has between its fork and its exec.
        let forked = lock.file.try_clone().unwrap();
        drop(lock);
        assert!(Lock::take(place.path()).is_ok());
        drop(forked);
    }
}
