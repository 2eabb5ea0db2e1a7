//! A record of who did what in the panel: a line for each deed, appended to a file, the last of them in memory to be shown.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write},
    net::IpAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The file's name in the state directory.
const FILE: &str = "audit.jsonl";

/// How many deeds are kept in memory.
const SHOWN: usize = 500;

/// The size from which on a new file is begun; the one before is kept beside it.
const LARGE: u64 = 16 * 1024 * 1024;

/// Something that somebody did.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub(crate) struct Deed {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// Who.
    pub(crate) who: String,
    /// From which address.
    pub(crate) from: String,
    /// What.
    pub(crate) what: String,
    /// To which server, user or token, where it was done to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
}

/// Where deeds are recorded.
#[derive(Clone)]
pub(crate) struct Audit {
    path: PathBuf,
    file: Arc<Mutex<Option<File>>>,
    shown: Arc<Mutex<VecDeque<Deed>>>,
}

impl Audit {
    /// Opens the record in the state directory.
    ///
    /// # Errors
    /// Where it can't be read or written.
    pub(crate) fn open(state: &Path) -> std::io::Result<Self> {
        let path = state.join(FILE);
        let mut shown = VecDeque::new();
        match File::open(&path) {
            Ok(file) => {
                // A line that was cut off is passed over.
                for line in BufReader::new(file).lines() {
                    if let Ok(deed) = serde_json::from_str(&line?) {
                        push(&mut shown, deed);
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let file = append(&path)?;
        Ok(Self {
            path,
            file: Arc::new(Mutex::new(Some(file))),
            shown: Arc::new(Mutex::new(shown)),
        })
    }

    /// Records a deed. It is in the file when this is over.
    ///
    /// # Errors
    /// Where it can't be written. What was to be done must then not be done.
    pub(crate) async fn record(
        &self,
        who: &str,
        from: IpAddr,
        what: &str,
        to: Option<&str>,
    ) -> std::io::Result<()> {
        let deed = Deed {
            at: Timestamp::now(),
            who: who.to_owned(),
            from: from.to_string(),
            what: what.to_owned(),
            to: to.map(str::to_owned),
        };
        let audit = self.clone();
        let written = tokio::task::spawn_blocking(move || audit.write(deed)).await;
        written.map_err(std::io::Error::other)?
    }

    /// The last deeds, the newest first.
    pub(crate) fn shown(&self) -> Vec<Deed> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.iter().rev().cloned().collect()
    }

    fn write(&self, deed: Deed) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(&deed)?;
        line.push(b'\n');
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match slot.take() {
            Some(file) if file.metadata()?.len() < LARGE => file,
            Some(_) => {
                std::fs::rename(&self.path, self.path.with_extension("jsonl.1"))?;
                append(&self.path)?
            }
            // The last try failed.
            None => append(&self.path)?,
        };
        file.write_all(&line)?;
        file.sync_data()?;
        *slot = Some(file);
        drop(slot);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        push(&mut shown, deed);
        Ok(())
    }
}

/// Opens the file to write at its end, on a line of its own: the one before may have been cut off.
fn append(path: &Path) -> std::io::Result<File> {
    let mut file = OpenOptions::new()
        .append(true)
        .read(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != [b'\n'] {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

fn push(shown: &mut VecDeque<Deed>, deed: Deed) {
    if shown.len() == SHOWN {
        shown.pop_front();
    }
    shown.push_back(deed);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn given_a_record_with_a_line_that_was_cut_off_when_opened_again_then_the_rest_is_there()
    {
        let from = IpAddr::from([192, 0, 2, 1]);
        let state = tempfile::tempdir().unwrap();
        let audit = Audit::open(state.path()).unwrap();
        audit
            .record("alice", from, "signed in", None)
            .await
            .unwrap();
        audit
            .record("alice", from, "stop", Some("eu"))
            .await
            .unwrap();
        let path = state.path().join(FILE);
        let mut text = std::fs::read(&path).unwrap();
        text.extend_from_slice(b"{\"at\":\"20");
        std::fs::write(&path, text).unwrap();
        let again = Audit::open(state.path()).unwrap();
        again
            .record("bob", from, "start", Some("eu"))
            .await
            .unwrap();
        drop(again);
        let again = Audit::open(state.path()).unwrap();
        let whats: Vec<_> = again.shown().into_iter().map(|deed| deed.what).collect();
        assert_eq!(whats, ["start", "stop", "signed in"]);
    }
}
