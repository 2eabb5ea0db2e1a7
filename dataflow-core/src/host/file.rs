//! Writing a file so that it is there as a whole or not at all.

use std::time::Duration;

use super::command::Input;
use super::{Command, HostError};

/// A file to write: into a temporary file beside it first, which then takes its place.
#[derive(Debug, Clone)]
pub struct FileWrite {
    /// The absolute path. A symbolic link at that place is replaced, not followed. The directory
    /// must exist.
    pub path: String,
    /// The content. It travels over standard input and is not shown in messages.
    pub content: Input,
    /// The permission bits, for example `0o600`.
    pub mode: u32,
    /// User and group id of the owner; `None`: whoever writes it.
    pub owner: Option<(u32, u32)>,
    /// Whether it is written as root.
    pub sudo: bool,
    /// The time for all of it.
    pub deadline: Duration,
}

impl FileWrite {
    /// A file owned by whoever writes it, written without sudo within 30 s.
    #[must_use]
    pub fn new(path: impl Into<String>, mode: u32, content: impl Into<Input>) -> Self {
        Self {
            path: path.into(),
            content: content.into(),
            mode,
            owner: None,
            sudo: false,
            deadline: Duration::from_secs(30),
        }
    }

    /// Owned by this user and group id.
    #[must_use]
    pub fn owner(mut self, user: u32, group: u32) -> Self {
        self.owner = Some((user, group));
        self
    }

    /// Written as root.
    #[must_use]
    pub fn sudo(mut self) -> Self {
        self.sudo = true;
        self
    }

    /// The command that writes it. It counts the bytes that came before the file takes its place:
    /// when a connection breaks, the input just ends, which looks like the end of the content.
    pub(super) fn command(&self) -> Result<Command, HostError> {
        const SCRIPT: &str = r#"set -eu
path=$1 length=$2 mode=$3 owner=$4
directory=${path%/*}
directory=${directory:-/}
if [ -d "$path" ]; then echo "there is a directory at that place" >&2; exit 1; fi
umask 077
temporary=$(mktemp "$directory/.dataflow.XXXXXXXX")
trap 'rm -f -- "$temporary"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat >"$temporary"
if [ "$(wc -c <"$temporary")" -ne "$length" ]; then echo "the content arrived incomplete" >&2; exit 1; fi
if [ -n "$owner" ]; then chown -- "$owner" "$temporary"; fi
chmod -- "$mode" "$temporary"
sync -- "$temporary"
mv -f -- "$temporary" "$path"
trap - EXIT
sync -- "$directory"
"#;
        self.check_path()?;
        let owner = self
            .owner
            .map_or_else(String::new, |(user, group)| format!("{user}:{group}"));
        let command = Command::shell(SCRIPT)
            .args([
                self.path.clone(),
                self.content.expose().len().to_string(),
                format!("{:04o}", self.mode & 0o7777),
                owner,
            ])
            .stdin(self.content.clone())
            .deadline(self.deadline);
        Ok(if self.sudo { command.sudo() } else { command })
    }

    fn check_path(&self) -> Result<(), HostError> {
        let bad = |reason| {
            Err(HostError::BadPath {
                path: self.path.clone(),
                reason,
            })
        };
        if !self.path.starts_with('/') {
            return bad("it is not absolute");
        }
        if self.path.chars().any(char::is_control) {
            return bad("it has control characters");
        }
        match self.path.rsplit('/').next() {
            None | Some("" | "." | "..") => bad("it does not end in the name of a file"),
            Some(_) => Ok(()),
        }
    }
}
