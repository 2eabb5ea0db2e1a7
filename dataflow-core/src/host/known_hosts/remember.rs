//! Adding a host key to a known_hosts file, after the operator has said yes.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::super::HostError;
use super::line::{self, parse_key};
use super::{KnownHosts, Verdict};

/// A host key that is not known, and how it would be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The server's name in known_hosts.
    pub name: String,
    /// Type and base64.
    pub key: String,
    /// The file; none where there is none to write to.
    pub file: Option<PathBuf>,
    /// Whether the name is hashed; `None`: where the file has hashed names already.
    pub hashed: Option<bool>,
}

/// Adds the key of a server to the known_hosts file; nothing where it is there already, or there is
/// no file. The file is made readable by its owner only, and so is its directory where it is
/// missing.
///
/// # Errors
/// [`HostError::KnownHosts`] when the file can't be written or the key is malformed.
pub fn remember(new: &NewKey) -> Result<(), HostError> {
    let Some(file) = &new.file else {
        return Ok(());
    };
    let failed = |reason: String| HostError::KnownHosts {
        path: file.clone(),
        reason,
    };
    let (name, key) = (&new.name, &new.key);
    // What would make the line mean something else.
    if name.is_empty()
        || name.starts_with(['|', '@', '#', '!'])
        || name.contains([',', '*', '?'])
        || name.contains(char::is_whitespace)
    {
        return Err(failed(format!("{name:?} is no name for it")));
    }
    let (key_type, bytes) = key
        .split_once(' ')
        .and_then(|(key_type, base64)| parse_key(key_type, base64))
        .ok_or_else(|| failed("the key is malformed".into()))?;
    if KnownHosts::load(std::slice::from_ref(file), name)?.check(key_type, &bytes) == Verdict::Known
    {
        return Ok(());
    }
    let salt: [u8; 20] = rand::random();
    let hashed = new
        .hashed
        .unwrap_or_else(|| has_hashed_names(file))
        .then(|| line::hashed(name, &salt))
        .flatten();
    let name = hashed.as_ref().unwrap_or(name);
    append(file, &format!("{name} {key}\n")).map_err(|error| failed(error.to_string()))
}

fn has_hashed_names(file: &Path) -> bool {
    let text = std::fs::read(file).unwrap_or_default();
    text.starts_with(b"|1|") || text.windows(4).any(|start| start == b"\n|1|")
}

fn append(file: &Path, line: &str) -> std::io::Result<()> {
    if let Some(directory) = file
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
    }
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)?;
    let mut text = String::new();
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            text.push('\n');
        }
    }
    text.push_str(line);
    // One write, so that two programs that append at once do not mix their lines.
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
