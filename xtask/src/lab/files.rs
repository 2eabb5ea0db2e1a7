//! Where the lab's files are.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::failure::{Context, Result};

/// The workspace's own directory.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// `target/lab`: this checkout's view of the lab.
pub(crate) fn directory() -> PathBuf {
    workspace().join("target/lab")
}

/// What was generated for the lab: the key that signs in, passwords, the authority of the PBX.
pub(super) fn secrets() -> PathBuf {
    directory().join("secrets")
}

pub(super) fn known_hosts() -> PathBuf {
    directory().join("known_hosts")
}

/// Settings for `dataflow --config`: the lab's server, as user ubuntu.
pub(crate) fn settings_file() -> PathBuf {
    directory().join("dataflow.toml")
}

/// The same, with the PBX's REST API.
pub(super) fn settings_file_with_api() -> PathBuf {
    directory().join("dataflow-api.toml")
}

/// The sources of the lab's images.
pub(super) fn assets(image: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("lab")
        .join(image)
}

/// Makes a directory that only this user can read, with those above it.
pub(super) fn make_private_directory(path: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .context(path.display())
}

/// Writes a file that only this user can read; leaves it alone where it already says the same.
pub(super) fn write_private(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .context(path.display())?;
    file.write_all(text.as_bytes()).context(path.display())
}
