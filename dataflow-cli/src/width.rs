//! How wide text is, and how wide it may be.

use terminal_size::Width;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns of the terminal that standard output is; none where it is no terminal, where nothing is cut off.
pub(crate) fn of_stdout() -> Option<usize> {
    columns(terminal_size::terminal_size_of(std::io::stdout()))
}

/// The columns of the terminal that standard error is.
pub(crate) fn of_stderr() -> Option<usize> {
    columns(terminal_size::terminal_size_of(std::io::stderr()))
}

fn columns(size: Option<(Width, terminal_size::Height)>) -> Option<usize> {
    // A terminal that does not know its size says 0.
    size.map(|(width, _)| usize::from(width.0))
        .filter(|width| *width > 0)
}

/// The columns that a text takes.
pub(crate) fn of(text: &str) -> usize {
    text.width()
}

/// The text with spaces up to this width.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(of(text))))
}

/// The text in at most this width: of one that is wider, the beginning and the end, which tell more than the middle.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    if of(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let head = fitting(text.chars(), room - room / 2);
    let tail = fitting(text.chars().rev(), room / 2);
    let tail: String = tail.chars().rev().collect();
    format!("{head}…{tail}")
}

/// The text broken between words into lines of at most this width; a word that is wider has a line of its own.
pub(crate) fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut();
        match (line, width) {
            (Some(line), Some(width)) if !line.is_empty() && of(line) + 1 + of(word) > width => {
                lines.push(word.to_owned());
            }
            (Some(line), _) => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            (None, _) => lines.push(word.to_owned()),
        }
    }
    lines
}

fn fitting(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut left = width;
    chars
        .take_while(|c| {
            let wide = c.width().unwrap_or_default();
            let fits = wide <= left;
            left = left.saturating_sub(wide);
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_what_is_too_wide_is_left_out() {
        for (text, width, short) in [
            ("portsip/pbx:22", 14, "portsip/pbx:22"),
            ("portsip/pbx:22", 13, "portsi…pbx:22"),
            ("portsip/pbx:22", 2, "p…"),
            ("portsip/pbx:22", 1, "…"),
            // Two columns each.
            ("配置服务器", 10, "配置服务器"),
            ("配置服务器", 9, "配置…务器"),
            ("配置服务器", 8, "配置…器"),
            ("", 1, ""),
        ] {
            let got = shortened(text, width);
            assert_eq!(got, short);
            assert!(of(&got) <= width, "{got}");
        }
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", None), ["one two three"]);
        assert_eq!(wrapped("one two three", Some(7)), ["one two", "three"]);
        assert_eq!(wrapped("one two three", Some(1)), ["one", "two", "three"]);
        assert_eq!(wrapped("", Some(5)), [""]);
    }

    #[test]
    fn padding_counts_columns_and_not_bytes() {
        assert_eq!(padded("é", 3), "é  ");
        assert_eq!(padded("配", 3), "配 ");
        assert_eq!(padded("abcd", 3), "abcd");
    }
}
