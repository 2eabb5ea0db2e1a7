//! The copy of a run's journal on the machine where the program runs.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use super::RunId;
use crate::lifecycle::lock::RUNS;

/// A file that a run's records are copied to.
#[derive(Debug, Clone)]
pub(in crate::lifecycle) struct Copy {
    path: PathBuf,
}

impl Copy {
    /// Below `directory`, in one of the server's own.
    pub(in crate::lifecycle) fn of(directory: &Path, server: &str, run: &RunId) -> Self {
        let safe = |c: char| {
            if c.is_ascii_alphanumeric() || "@.-_[]:".contains(c) {
                c
            } else {
                '_'
            }
        };
        let server: String = server.chars().map(safe).collect();
        Self {
            path: directory.join(server).join(format!("{run}.jsonl")),
        }
    }

    /// Where it is.
    pub(in crate::lifecycle) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a line. Nobody but its owner can read the file. With the first line of a run, the oldest runs go.
    pub(in crate::lifecycle) async fn add(&self, line: String, first: bool) -> io::Result<()> {
        let path = self.path.clone();
        let done = tokio::task::spawn_blocking(move || {
            if first && let Some(directory) = path.parent() {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(directory)?;
                prune(directory);
            }
            let mut file = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&path)?;
            file.write_all(format!("{line}\n").as_bytes())
        });
        done.await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}

/// Makes room for one more. What cannot be read or removed stays.
fn prune(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    let mut names: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            path.extension().is_some_and(|is| is == "jsonl")
                && stem.is_some_and(|stem| stem.parse::<RunId>().is_ok())
        })
        .collect();
    names.sort();
    let surplus = (names.len() + 1).saturating_sub(RUNS);
    for old in names.into_iter().take(surplus) {
        let _ = fs::remove_file(old);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn lines_are_added_to_a_file_of_their_own_that_others_cannot_read() {
        let home = tempfile::tempdir().unwrap();
        let run: RunId = "20261124T114500Z-4f2a".parse().unwrap();
        let copy = Copy::of(home.path(), "pbx@[fe80::1%eth0/x]:2222", &run);
        copy.add("one".into(), true).await.unwrap();
        copy.add("two".into(), false).await.unwrap();
        let expected = "pbx@[fe80::1_eth0_x]:2222/20261124T114500Z-4f2a.jsonl";
        assert_eq!(copy.path(), home.path().join(expected));
        assert_eq!(fs::read_to_string(copy.path()).unwrap(), "one\ntwo\n");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(copy.path()), 0o600);
        assert_eq!(mode(copy.path().parent().unwrap()), 0o700);
    }

    #[tokio::test]
    async fn the_newest_runs_are_kept_and_other_files_are_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("local");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("notes.jsonl"), "mine").unwrap();
        for number in 0..RUNS + 5 {
            let name = format!("20250101T{number:06}Z-0000.jsonl");
            fs::write(directory.join(name), "").unwrap();
        }
        let run: RunId = "20261124T114500Z-4f2a".parse().unwrap();
        Copy::of(home.path(), "local", &run)
            .add("one".into(), true)
            .await
            .unwrap();
        let mut left: Vec<_> = fs::read_dir(&directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left.len(), RUNS + 1);
        assert_eq!(left[0], "20250101T000006Z-0000.jsonl");
        assert!(left.contains(&"notes.jsonl".to_owned()));
    }
}
