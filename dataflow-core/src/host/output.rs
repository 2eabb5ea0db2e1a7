//! What a command left: its output and how it ended; and how text from elsewhere is shown.

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It exited with this status; 0 is success.
    Exited(u32),
    /// A signal ended it: the name without `SIG`, or the number where the name is not known.
    Signaled(String),
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exit status {status}"),
            Self::Signaled(name) => write!(f, "signal {name}"),
        }
    }
}

/// What a command wrote and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// What it wrote to standard output, byte for byte.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, byte for byte.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub status: Status,
}

impl Output {
    /// Whether it exited with status 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.status == Status::Exited(0)
    }

    /// Standard output as text, without white space at its end; bytes that are no UTF-8 are
    /// replaced.
    #[must_use]
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end().to_owned()
    }

    /// Standard error for a message: see [`shown`].
    #[must_use]
    pub fn stderr_shown(&self) -> String {
        shown(&self.stderr)
    }
}

/// The most characters of foreign text that a message holds.
const SHOWN: usize = 500;

/// Text from another machine, fit to stand in a message: control characters escaped, so that it
/// can't steer a terminal or forge log lines; invalid UTF-8 replaced; lines joined by ` | `; the
/// end kept when it is long, as errors come last.
#[must_use]
pub fn shown(bytes: &[u8]) -> String {
    // Four bytes is the longest a character can be.
    let tail = &bytes[bytes.len().saturating_sub(SHOWN * 4)..];
    let text = String::from_utf8_lossy(tail);
    let joined = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" | ");
    let escaped = escape(&joined);
    match escaped.char_indices().rev().nth(SHOWN - 1) {
        Some((start, _)) if start > 0 => format!("...{}", &escaped[start..]),
        _ => escaped,
    }
}

/// Control characters, and those that change the direction of text, as `\u{..}` or the like.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn foreign_text_is_shown_on_one_line_without_control_characters() {
        assert_eq!(
            shown(b"  first\r\n\n\x1b[31msecond\n"),
            "first | \\u{1b}[31msecond"
        );
        assert_eq!(shown(b"\xff"), "\u{fffd}");
        assert_eq!(shown("\u{202e}x".as_bytes()), "\\u{202e}x");
    }

    #[test]
    fn the_end_of_long_text_is_kept() {
        let text = shown(format!("{}end", "x".repeat(5000)).as_bytes());
        assert_eq!(
            (text.len(), &text[..4], &text[text.len() - 3..]),
            (SHOWN + 3, "...x", "end")
        );
    }

    proptest! {
        #[test]
        fn shown_text_is_short_and_clean(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let text = shown(&bytes);
            prop_assert!(text.chars().count() <= SHOWN + 3);
            prop_assert!(!text.chars().any(char::is_control));
        }
    }
}
