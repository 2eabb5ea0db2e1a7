//! One line of an ssh_config file: a keyword and its arguments.

/// A line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// In lower case.
    pub(super) keyword: String,
    /// What follows, as it stands there.
    pub(super) rest: &'a str,
}

impl<'a> Line<'a> {
    /// Reads a line; `None` for comments and blank lines.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\x0c');
        let text = text.trim_matches(blank);
        if text.is_empty() || text.starts_with('#') {
            return None;
        }
        let end = text
            .find(|c| blank(c) || c == '=' || c == '"')
            .unwrap_or(text.len());
        let (keyword, rest) = text.split_at(end);
        let rest = rest.trim_start_matches(blank);
        let rest = rest.strip_prefix('=').unwrap_or(rest);
        Some(Self {
            keyword: keyword.to_ascii_lowercase(),
            rest: rest.trim_start_matches(blank),
        })
    }

    /// The arguments, without quotes and up to a comment; `None` where a quote is not closed.
    pub(super) fn arguments(&self) -> Option<Vec<String>> {
        let mut arguments = Vec::new();
        let mut letters = self.rest.chars().peekable();
        loop {
            while letters.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
            match letters.peek() {
                None | Some('#') => return Some(arguments),
                Some(_) => {}
            }
            let mut argument = String::new();
            let mut quote = None;
            while let Some(letter) = letters.next() {
                match (letter, quote) {
                    ('\\', _) => {
                        let escaped = letters.next_if(|next| {
                            matches!(next, '\'' | '"' | '\\') || (*next == ' ' && quote.is_none())
                        });
                        argument.push(escaped.unwrap_or('\\'));
                    }
                    (' ' | '\t', None) => break,
                    ('"' | '\'', None) => quote = Some(letter),
                    (_, Some(open)) if letter == open => quote = None,
                    _ => argument.push(letter),
                }
            }
            if quote.is_some() {
                return None;
            }
            arguments.push(argument);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_a_keyword_and_arguments() {
        for (text, keyword, arguments) in [
            ("Host a b", "host", &["a", "b"][..]),
            (
                "  HOSTNAME=flow.example.com",
                "hostname",
                &["flow.example.com"],
            ),
            ("Port = 22 # sshd", "port", &["22"]),
            ("User\t\"a b\"", "user", &["a b"]),
            ("IdentityFile '~/my key' ", "identityfile", &["~/my key"]),
            ("IdentityFile ~/my\\ key\r", "identityfile", &["~/my key"]),
            ("User a#b", "user", &["a#b"]),
            ("User \\\\x", "user", &["\\x"]),
            ("User", "user", &[]),
            ("User==a", "user", &["=a"]),
        ] {
            let line = Line::read(text).unwrap();
            assert_eq!(line.keyword, keyword, "{text}");
            assert_eq!(line.arguments().unwrap(), arguments, "{text}");
        }
        for text in ["", "  \t", "# Host a", "   #"] {
            assert_eq!(Line::read(text), None, "{text}");
        }
        assert_eq!(Line::read("User \"a").unwrap().arguments(), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".{0,80}") {
            if let Some(line) = Line::read(&text) {
                line.arguments();
            }
        }
    }
}
