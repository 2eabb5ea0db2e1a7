//! Secrets in files.

use std::{fs::File, io::Read, os::unix::fs::PermissionsExt, path::Path};

use secrecy::SecretString;

use crate::{error::CliError, printer::Printer};

/// The permissions of others than the owner.
const OTHERS: u32 = 0o077;

/// A secret is one line; a file longer than this many bytes is something else.
const SECRET_LIMIT: u64 = 64 * 1024;

/// The one line that the file holds. Others being able to read it is worth a warning; it may be meant so.
pub(crate) fn read(path: &Path, printer: Printer) -> Result<SecretString, CliError> {
    let (file, mode) = open(path)?;
    if mode & OTHERS != 0 {
        let path = path.display();
        printer.warn(&format!(
            "others can read the secret file {path} (mode {mode:o}); chmod 600 {path}"
        ));
    }
    line(path, file)
}

/// The same, of a file that others must not be able to read.
pub(crate) fn read_own(path: &Path) -> Result<SecretString, CliError> {
    let (file, mode) = open(path)?;
    if mode & OTHERS != 0 {
        return Err(CliError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    line(path, file)
}

/// Opens the file; gives its permission bits, or none for what is no file on a disk, such as a pipe.
fn open(path: &Path) -> Result<(File, u32), CliError> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    let mode = match metadata.is_file() {
        true => metadata.permissions().mode() & 0o777,
        false => 0,
    };
    Ok((file, mode))
}

fn line(path: &Path, file: File) -> Result<SecretString, CliError> {
    let mut bytes = Vec::new();
    file.take(SECRET_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    let refuse = |reason| CliError::NoSecret {
        place: format!("the file {}", path.display()),
        reason,
    };
    if bytes.len() as u64 > SECRET_LIMIT {
        return Err(refuse("it is longer than 64 KiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8"))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(refuse("it is empty"));
    }
    if line.contains(['\n', '\r', '\0']) {
        return Err(refuse("it has more than one line"));
    }
    Ok(line.into())
}

fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::Unreadable {
        what: "the secret file",
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
