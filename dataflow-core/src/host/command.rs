//! A command to run on a machine.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::HostError;
use super::output::escape;

/// The time a command has where it sets no other.
const DEADLINE: Duration = Duration::from_secs(30);

/// The most bytes a command may write to each of its two output streams where it sets no other
/// limit.
const LIMIT: usize = 1024 * 1024;

/// A command: what to run, as whom, with which input, for how long. It is run by `sh`, whatever the
/// login shell is, with `LC_ALL=C`.
///
/// What it says is visible in the process list of the machine: secrets go in through
/// [`stdin`](Self::stdin).
#[derive(Debug, Clone)]
pub struct Command {
    words: Words,
    sudo: bool,
    stdin: Option<Input>,
    deadline: Duration,
    limit: usize,
}

#[derive(Debug, Clone)]
enum Words {
    Program(Vec<String>),
    Script(String, Vec<String>),
}

/// Bytes for a command's standard input. Treated as a secret: never shown, wiped from memory when
/// dropped.
#[derive(Clone)]
pub struct Input(Arc<SecretBox<Vec<u8>>>);

impl Input {
    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} bytes]", self.expose().len())
    }
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(bytes))))
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl From<SecretString> for Input {
    fn from(text: SecretString) -> Self {
        text.expose_secret().into()
    }
}

impl Command {
    /// A program, found by `PATH`; arguments are added with [`arg`](Self::arg) and reach it as they
    /// are.
    #[must_use]
    pub fn new(program: impl Into<String>) -> Self {
        Self::of(Words::Program(vec![program.into()]))
    }

    /// A script for `sh`. Values from outside reach it as `$1`, `$2`, ... by [`arg`](Self::arg).
    #[must_use]
    pub fn shell(script: impl Into<String>) -> Self {
        Self::of(Words::Script(script.into(), Vec::new()))
    }

    fn of(words: Words) -> Self {
        Self {
            words,
            sudo: false,
            stdin: None,
            deadline: DEADLINE,
            limit: LIMIT,
        }
    }

    /// One more argument for the program, or for the script.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        let (Words::Program(words) | Words::Script(_, words)) = &mut self.words;
        words.push(argument.into());
        self
    }

    /// More arguments, in order.
    #[must_use]
    pub fn args<I: IntoIterator<Item = S>, S: Into<String>>(self, arguments: I) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Runs it as root: with sudo, unless the login user is root.
    #[must_use]
    pub fn sudo(mut self) -> Self {
        self.sudo = true;
        self
    }

    /// What it reads from standard input; nothing where this is not set.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Input>) -> Self {
        self.stdin = Some(input.into());
        self
    }

    /// The time it has, from opening the channel to its end; 30 s where this is not set.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The most bytes it may write to each output stream; 1 MiB where this is not set. More is an
    /// error.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    pub(super) fn wants_sudo(&self) -> bool {
        self.sudo
    }

    pub(super) fn input(&self) -> &[u8] {
        self.stdin.as_ref().map_or(&[], Input::expose)
    }

    pub(super) fn time(&self) -> Duration {
        self.deadline
    }

    pub(super) fn most(&self) -> usize {
        self.limit
    }

    /// What `sh -c` is to run.
    pub(super) fn text(&self) -> Result<String, HostError> {
        let quoted = |words: &[String]| {
            words
                .iter()
                .map(|word| quote(word))
                .collect::<Option<Vec<_>>>()
        };
        match &self.words {
            Words::Program(words) => quoted(words).map(|words| words.join(" ")),
            Words::Script(script, _) if script.contains('\0') => None,
            Words::Script(script, words) if words.is_empty() => Some(script.clone()),
            Words::Script(script, words) => {
                quoted(words).map(|words| format!("set -- {}\n{script}", words.join(" ")))
            }
        }
        .ok_or_else(|| HostError::BadCommand {
            command: self.shown(),
        })
    }

    /// It in a message: the first line, shortened, control characters escaped.
    #[must_use]
    pub fn shown(&self) -> String {
        const LONGEST: usize = 80;
        let text = match &self.words {
            Words::Program(words) => words.join(" "),
            Words::Script(script, _) => script.trim_start().to_owned(),
        };
        let first = text.lines().next().unwrap_or_default();
        let short: String = first.chars().take(LONGEST).collect();
        let more = if short.len() < text.trim_end().len() {
            "..."
        } else {
            ""
        };
        format!(
            "{}{}{more}",
            if self.sudo { "sudo " } else { "" },
            escape(&short)
        )
    }
}

/// A word quoted for `sh`; `None` for one with a NUL, which no command line can hold.
#[must_use]
pub fn quote(word: &str) -> Option<String> {
    shlex::try_quote(word)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn arguments_are_quoted() {
        let command = Command::new("printf").args(["%s", "a b'c$(d)"]);
        assert_eq!(
            shlex::split(&command.text().unwrap()).unwrap(),
            ["printf", "%s", "a b'c$(d)"]
        );
    }

    #[test]
    fn a_nul_is_refused() {
        assert!(matches!(
            Command::new("a\0b").text(),
            Err(HostError::BadCommand { .. })
        ));
        assert!(matches!(
            Command::shell("a\0b").text(),
            Err(HostError::BadCommand { .. })
        ));
        assert!(matches!(
            Command::shell("a").arg("\0").text(),
            Err(HostError::BadCommand { .. })
        ));
    }

    #[test]
    fn a_message_shows_the_first_line_only() {
        assert_eq!(
            Command::shell("set -e\nrm x").sudo().shown(),
            "sudo set -e..."
        );
        assert_eq!(
            Command::new("docker").arg("ps\u{1b}").shown(),
            "docker ps\\u{1b}"
        );
        assert_eq!(Command::new("x".repeat(200)).shown().len(), 83);
    }

    #[test]
    fn input_does_not_show_in_debug_output() {
        assert!(!format!("{:?}", Command::new("cat").stdin("hunter2")).contains("hunter"));
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_one_word_again(word in "[^\0]{0,30}") {
            prop_assert_eq!(shlex::split(&quote(&word).unwrap()).unwrap(), vec![word]);
        }
    }
}
