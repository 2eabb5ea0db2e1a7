//! The operator's ssh_config: the parts that say how a server is reached and signed in to, read as OpenSSH reads them.
//!
//! `line` and `text` make blocks of a text, `values` gathers what they say of one host; none of these touches a file.
//! `read` does. Nothing in the files is ever run.

mod line;
mod matching;
mod read;
mod text;
mod tokens;
mod values;

use text::Text;
pub(super) use tokens::{expand, expand_variables};
pub(super) use values::{Query, Strict, Values};

/// The files, in the order in which they count.
#[derive(Debug, Clone, Default)]
pub(super) struct SshConfig {
    files: Vec<(String, Text)>,
}

impl SshConfig {
    /// One file of this text.
    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        Self {
            files: vec![("config".into(), Text::read(text))],
        }
    }

    /// What they say of a host.
    pub(super) fn values(&self, query: Query<'_>) -> Values {
        Values::of(&self.files, query)
    }
}

#[cfg(test)]
mod tests;
