//! Adding a host key to a known_hosts file, after the operator has said yes.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::super::{HostError, SshAddress};
use super::line::parse_key;
use super::{KnownHosts, Verdict};

/// Adds the key of a server to a known_hosts file; nothing where it is there already. The file is
/// made readable by its owner only, and so is its directory where it is missing.
///
/// `key`: type and base64, as in [`HostError::UnknownHostKey`].
///
/// # Errors
/// [`HostError::KnownHosts`] when the file can't be written or the key is malformed.
pub fn remember(file: &Path, address: &SshAddress, key: &str) -> Result<(), HostError> {
    let failed = |reason: String| HostError::KnownHosts {
        path: file.to_owned(),
        reason,
    };
    let name = address.known_hosts_name();
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
    if KnownHosts::load(&[file.to_owned()], &name)?.check(key_type, &bytes) == Verdict::Known {
        return Ok(());
    }
    append(file, &format!("{name} {key}\n")).map_err(|error| failed(error.to_string()))
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
