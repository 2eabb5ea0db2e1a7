//! The one place that writes to the terminal.

use std::fmt::Display;
use std::io::Write;

/// A line about what is being done or was found. A closed terminal is no reason to stop.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The sentence a failed task ends with.
pub(crate) fn error(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "error: {text}");
}
