//! Running commands on a machine.

use std::sync::atomic::Ordering;

use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::output::shown;
use super::process::{Event, Process};
use super::stream::Pipe;
use super::sudo::{Gate, Sudo, Written, own_stderr};
use super::{Command, FileWrite, Host, HostError, Output, Stream};

impl Host {
    /// Runs a command to its end, on one channel. A command that fails is no error: see
    /// [`Output::success`]. Dropping the future stops the command.
    ///
    /// # Errors
    /// The `Sudo...` errors of [`HostError`] when it is to run as root; [`HostError::Deadline`],
    /// [`HostError::TooMuchOutput`], [`HostError::ConnectionLost`] and others when it could not be
    /// run to its end.
    pub async fn exec(&self, command: &Command) -> Result<Output, HostError> {
        let mut written = Written::default();
        match timeout(command.time(), self.run(command, &mut written)).await {
            Ok(output) => output,
            Err(_) => Err(self.late(command, &written)),
        }
    }

    /// Finds out whether commands can be run as root; does nothing else. [`exec`](Self::exec) gives
    /// the same errors.
    ///
    /// # Errors
    /// The `Sudo...` errors of [`HostError`].
    pub async fn check_sudo(&self) -> Result<(), HostError> {
        if self.is_root() {
            return Ok(());
        }
        self.exec(&Command::new("true").sudo()).await.map(drop)
    }

    /// Starts a long-running command and gives its standard input and output as a byte stream. The
    /// command's deadline is for its start only. When it ends with anything but status 0, reading
    /// gives an error that holds [`HostError::Ended`] with what it wrote to standard error.
    /// Dropping the stream stops the command.
    ///
    /// # Errors
    /// As for [`exec`](Self::exec).
    pub async fn pipe(&self, command: &Command) -> Result<Stream, HostError> {
        let mut written = Written::default();
        let started = async {
            let mut process = self.begin(command, &mut written).await?;
            if !command.input().is_empty() {
                process
                    .input
                    .write_all(command.input())
                    .await
                    .map_err(|error| HostError::Start {
                        host: self.label(),
                        command: command.shown(),
                        reason: error.to_string(),
                    })?;
            }
            Ok(process)
        };
        match timeout(command.time(), started).await {
            Ok(process) => Ok(Box::new(Pipe::process(process?, written.stdout))),
            Err(_) => Err(self.late(command, &written)),
        }
    }

    /// Writes a file so that it is there as a whole or not at all.
    ///
    /// # Errors
    /// [`HostError::BadPath`]; [`HostError::WriteFile`] with the machine's reason; and those of
    /// [`exec`](Self::exec).
    pub async fn write_file(&self, file: &FileWrite) -> Result<(), HostError> {
        let output = self.exec(&file.command()?).await?;
        if output.success() {
            return Ok(());
        }
        let said = output.stderr_shown();
        let reason = if said.is_empty() {
            output.status.to_string()
        } else {
            said
        };
        Err(HostError::WriteFile {
            host: self.label(),
            path: file.path.clone(),
            reason,
        })
    }

    async fn run(&self, command: &Command, written: &mut Written) -> Result<Output, HostError> {
        let gate = self.gate(command);
        let mut process = self.start(&gate.argv(command, true)?, command).await?;
        if gate.has_sudo() {
            match gate.pass(&mut process, written).await {
                Err(HostError::SudoNeedsTty { .. }) if !gate.has_terminal() => {
                    self.inner.sudo_terminal.store(true, Ordering::Relaxed);
                    *written = Written::default();
                    return Box::pin(self.run(command, written)).await;
                }
                passed => passed?,
            }
        }
        let mut output = collect(process, command, written).await?;
        gate.cut(&mut output.stdout);
        gate.cut(&mut output.stderr);
        Ok(output)
    }

    /// Starts a command that runs on, up to where it runs itself.
    async fn begin(&self, command: &Command, written: &mut Written) -> Result<Process, HostError> {
        let gate = self.gate(command);
        let mut process = self.start(&gate.argv(command, false)?, command).await?;
        match gate.pass(&mut process, written).await {
            Err(HostError::SudoNeedsTty { .. }) if !gate.has_terminal() => {
                self.inner.sudo_terminal.store(true, Ordering::Relaxed);
                *written = Written::default();
                Box::pin(self.begin(command, written)).await
            }
            passed => passed.map(|()| process),
        }
    }

    fn gate(&self, command: &Command) -> Gate<'_> {
        let inner = &self.inner;
        let sudo = (command.wants_sudo() && !self.is_root()).then(|| Sudo {
            user: &inner.user,
            password: inner.sudo_password.as_ref(),
            terminal: inner.sudo_terminal.load(Ordering::Relaxed),
        });
        Gate::new(sudo)
    }

    fn late(&self, command: &Command, written: &Written) -> HostError {
        HostError::Deadline {
            host: self.label(),
            what: command.shown(),
            after: command.time(),
            stderr: shown(own_stderr(&written.stderr)),
        }
    }
}

/// Feeds a process its input while gathering its output, to its end.
async fn collect(
    process: Process,
    command: &Command,
    written: &mut Written,
) -> Result<Output, HostError> {
    let Process {
        mut input,
        mut events,
        names,
    } = process;
    let mut feed = Box::pin(async move {
        // A command may end without having read its input: its status tells, not this.
        if input.write_all(command.input()).await.is_ok() {
            let _ = input.shutdown().await;
        }
    });
    let mut feeding = true;
    let status = loop {
        let event = tokio::select! {
            event = events.next() => event.map_err(|lost| names.lost(lost))?,
            () = &mut feed, if feeding => {
                feeding = false;
                continue;
            }
        };
        match event {
            Event::Stdout(bytes) => written.stdout.extend_from_slice(&bytes),
            Event::Stderr(bytes) => written.stderr.extend_from_slice(&bytes),
            Event::EndOfOutput => {}
            Event::Ended(status) => break status,
        }
        if written.stdout.len().max(written.stderr.len()) > command.most() {
            return Err(HostError::TooMuchOutput {
                host: names.host,
                command: names.command,
                limit: command.most(),
            });
        }
    };
    Ok(Output {
        stdout: std::mem::take(&mut written.stdout),
        stderr: std::mem::take(&mut written.stderr),
        status,
    })
}

#[cfg(test)]
mod tests;
