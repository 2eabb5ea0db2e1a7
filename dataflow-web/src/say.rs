//! What the program says where it was started: the one place that writes there.

use std::io::Write;

/// A line for whoever looks after it; under systemd it goes to the journal. That nobody reads it is no failure.
pub(crate) fn line(text: &str) {
    let _unread = writeln!(std::io::stderr().lock(), "{text}");
}

/// What was asked for.
pub(crate) fn result(text: &str) {
    let _unread = write!(std::io::stdout().lock(), "{text}");
}
