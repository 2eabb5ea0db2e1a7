//! Secrets in files.

use std::{io::Read, os::unix::fs::PermissionsExt, path::Path};

use secrecy::SecretString;

use crate::{error::CliError, printer::Printer};

/// A secret is one line; a file longer than this many bytes is something else.
const SECRET_LIMIT: u64 = 64 * 1024;

/// The one line that the file holds. Others being able to read it is worth a warning; it may be meant so.
pub(crate) fn read(path: &Path, printer: Printer) -> Result<SecretString, CliError> {
    let unreadable = |reason: std::io::Error| CliError::Unreadable {
        what: "the secret file",
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        let path = path.display();
        printer.warn(&format!(
            "others can read the secret file {path} (mode {mode:o}); chmod 600 {path}"
        ));
    }
    let mut bytes = Vec::new();
    file.take(SECRET_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
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
