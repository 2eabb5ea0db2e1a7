//! Passing sudo.
//!
//! The command under sudo first writes a mark to standard output. Until it comes, what is heard is
//! sudo. The password is sent when sudo asks for it, recognised by a prompt of ours, and never
//! else: so it can't end up in the command's input where sudo asks for none. It is sent once: a
//! second prompt means that it was wrong, and the command's input, which is sent after the mark
//! only, never serves as another guess. All this happens on the command's own channel.

use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::AsyncWriteExt as _;

use super::output::shown;
use super::process::{Event, Names, Process};
use super::{Command, HostError, Status, quote};

/// The most bytes that may come before the mark; more is no sudo.
const BEFORE_MARK: usize = 64 * 1024;

/// What a mark begins with.
const BEGAN: &str = "dataflow-began-";

/// What a command itself wrote to standard error: what comes after the mark, where there is one.
pub(super) fn own_stderr(stderr: &[u8]) -> &[u8] {
    let length = BEGAN.len() + 16 + 1;
    match find(stderr, BEGAN.as_bytes()) {
        Some(at) => stderr.get(at + length..).unwrap_or_default(),
        None => stderr,
    }
}

/// What a process has written so far.
#[derive(Default)]
pub(super) struct Written {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
}

/// The way to a running command: the words that tell where it stands.
pub(super) struct Gate<'a> {
    prompt: String,
    mark: String,
    sudo: Option<Sudo<'a>>,
}

/// What is known of sudo on the machine.
pub(super) struct Sudo<'a> {
    /// The login user.
    pub(super) user: &'a str,
    pub(super) password: Option<&'a SecretString>,
    /// Whether it runs from a terminal only (`requiretty`).
    pub(super) terminal: bool,
}

/// Runs a line with a terminal of its own, and the three streams as they are: what sudo asks for is only that there is a
/// terminal.
const WITH_TERMINAL: &str = "exec 3<&0 4>&1 5>&2; SHELL=/bin/sh exec script -qec \"$1\" /dev/null </dev/null >/dev/null 2>&1";

impl<'a> Gate<'a> {
    /// `sudo`: where it is needed.
    pub(super) fn new(sudo: Option<Sudo<'a>>) -> Self {
        // Unlike anything else on the two streams, even where a shell's start-up files write to
        // them.
        let token: u64 = rand::random();
        Self {
            prompt: format!("[dataflow-asks-{token:016x}]"),
            mark: format!("{BEGAN}{token:016x}"),
            sudo,
        }
    }

    /// What to run so that the command is reached through this gate. With `bound`, the machine itself
    /// ends it, soon after its deadline: even where the connection is lost, this program was killed, or
    /// no signal may be sent to it from here.
    pub(super) fn argv(&self, command: &Command, bound: bool) -> Result<Vec<String>, HostError> {
        // Later than here, so that the error comes from here.
        let seconds = command.time().as_secs().saturating_add(2).to_string();
        // The mark on standard error cuts off what start-up files write there.
        let text = format!(
            "LC_ALL=C; export LC_ALL; echo {0} >&2; echo {0}\n{1}",
            self.mark,
            command.text()?
        );
        let mut argv = vec!["env", "LC_ALL=C"];
        match &self.sudo {
            Some(sudo) if sudo.password.is_some() => {
                argv.extend(["sudo", "-S", "-p", &self.prompt, "--"]);
            }
            Some(_) => argv.extend(["sudo", "-n", "--"]),
            None => {}
        }
        if bound {
            argv.extend(["timeout", "-k", "5", &seconds]);
        }
        argv.extend(["sh", "-c", &text]);
        if self.has_terminal() {
            let words = argv.iter().filter_map(|word| quote(word));
            let line = words.collect::<Vec<_>>().join(" ");
            let line = format!("{line} <&3 >&4 2>&5 3<&- 4>&- 5>&-");
            return Ok(["sh", "-c", WITH_TERMINAL, "sh", &line]
                .map(str::to_owned)
                .to_vec());
        }
        Ok(argv.into_iter().map(str::to_owned).collect())
    }

    pub(super) fn has_sudo(&self) -> bool {
        self.sudo.is_some()
    }

    pub(super) fn has_terminal(&self) -> bool {
        self.sudo.as_ref().is_some_and(|sudo| sudo.terminal)
    }

    /// Waits until the command itself runs. What it has written by then is left in `written`.
    pub(super) async fn pass(
        &self,
        process: &mut Process,
        written: &mut Written,
    ) -> Result<(), HostError> {
        let mut asked = false;
        loop {
            match process
                .events
                .next()
                .await
                .map_err(|lost| process.names.lost(lost))?
            {
                Event::Stdout(bytes) => {
                    written.stdout.extend_from_slice(&bytes);
                    if self.cut(&mut written.stdout) {
                        return Ok(());
                    }
                }
                Event::Stderr(bytes) => {
                    written.stderr.extend_from_slice(&bytes);
                    while let Some(at) = find(&written.stderr, self.prompt.as_bytes()) {
                        written.stderr.drain(..at + self.prompt.len());
                        let Some(password) = self.sudo.as_ref().and_then(|sudo| sudo.password)
                        else {
                            continue;
                        };
                        if asked {
                            return Err(HostError::SudoPasswordWrong {
                                host: process.names.host.clone(),
                            });
                        }
                        asked = true;
                        // Should this fail, sudo has ended, and what it says is read next.
                        let _ = process
                            .input
                            .write_all(password.expose_secret().as_bytes())
                            .await;
                        let _ = process.input.write_all(b"\n").await;
                        let _ = process.input.flush().await;
                    }
                }
                Event::EndOfOutput => {}
                Event::Ended(status) => {
                    return Err(self.verdict(&process.names, asked, &written.stderr, &status));
                }
            }
            if written.stdout.len() > BEFORE_MARK || written.stderr.len() > BEFORE_MARK {
                let Names { host, command } = process.names.clone();
                return Err(HostError::TooMuchOutput {
                    host,
                    command,
                    limit: BEFORE_MARK,
                });
            }
        }
    }

    /// Cuts off what came before the command itself: the mark, and before it what the start-up
    /// files of a login shell may have written. Whether the mark was there.
    pub(super) fn cut(&self, stdout: &mut Vec<u8>) -> bool {
        let mark = format!("{}\n", self.mark);
        let found = find(stdout, mark.as_bytes());
        if let Some(at) = found {
            stdout.drain(..at + mark.len());
        }
        found.is_some()
    }

    /// Why the command did not come to run. The texts are those of sudo 1.8 and 1.9 in the C
    /// locale.
    fn verdict(&self, names: &Names, asked: bool, stderr: &[u8], status: &Status) -> HostError {
        let host = names.host.clone();
        let text = String::from_utf8_lossy(stderr);
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
        let reason = if stderr.is_empty() {
            status.to_string()
        } else {
            shown(stderr)
        };
        let Some(Sudo { user, terminal, .. }) = self.sudo else {
            return HostError::Start {
                host,
                command: names.command.clone(),
                reason,
            };
        };
        // The status of a shell, and of `env`, that finds no such program.
        if terminal && *status == Status::Exited(127) {
            HostError::SudoNeedsTty { host }
        } else if *status == Status::Exited(127) {
            HostError::SudoMissing { host }
        } else if says(&["must have a tty"]) {
            HostError::SudoNeedsTty { host }
        } else if says(&[
            "not in the sudoers file",
            "not allowed to execute",
            "not allowed to run sudo",
            "may not run sudo",
        ]) {
            HostError::SudoDenied {
                host,
                user: user.to_owned(),
                // Its sentence goes on in ours.
                reason: shown(without_command(&text).trim_end_matches('.').as_bytes()),
            }
        } else if asked
            && says(&[
                "try again",
                "incorrect password",
                "no password was provided",
                "Authentication failure",
            ])
        {
            HostError::SudoPasswordWrong { host }
        } else if says(&[
            "password is required",
            "terminal is required",
            "no tty present",
        ]) {
            HostError::SudoPasswordNeeded { host }
        } else {
            HostError::SudoFailed { host, reason }
        }
    }
}

/// sudo quotes the whole of the command that it does not allow, after warnings that have nothing to do with it.
fn without_command(text: &str) -> String {
    let text = text
        .find("Sorry, user")
        .map_or(text, |start| &text[start..]);
    let quoted = text
        .split_once("to execute '")
        .and_then(|(before, rest)| Some((before, rest.rsplit_once("' as ")?.1)));
    match quoted {
        Some((before, after)) => format!("{before}to execute this command as {after}"),
        None => text.to_owned(),
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests;
