//! Why no way leads to a server's Docker Engine: one command asks the server, and its answer is told in one error.

use std::time::Duration;

use super::error::{DockerError, NoAccess};
use crate::host::{Command, Host, HostError, shown};

/// How long the question may take; a daemon that hangs takes most of it.
const DIAGNOSIS: Duration = Duration::from_secs(30);

/// What is asked of the server. A login shell's path may lack the administrator's directories.
const QUESTION: &str = r#"PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin:/snap/bin
test -S "$1" && echo socket
test -S "$1" && test -w "$1" && echo may-open
command -v docker >/dev/null && echo client
command -v dockerd >/dev/null && echo daemon
if command -v systemctl >/dev/null; then
    systemctl show docker.service --property LoadState --property ActiveState
    echo "listening $(systemctl show docker.socket --property ActiveState)"
fi
if command -v docker >/dev/null; then said=$(timeout 10 docker version 2>&1 >/dev/null) && echo answers; echo "said $(echo "$said" | tail -n 1)"; fi
command -v journalctl >/dev/null && journalctl --unit docker --lines 50 --output cat --quiet 2>/dev/null \
    | grep -vE 'level=(debug|info|warning)' | grep -iE 'level=|failed|unable|no such file|denied' | awk '!said[$0]++' | tail -n 3 | sed 's/^/log /'
true"#;

/// What a server says of its Docker Engine.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// Its socket is there.
    socket: bool,
    /// Who asked may open it.
    pub(super) may_open: bool,
    /// The program `docker` is there.
    pub(super) client: bool,
    /// The program `dockerd` is there.
    daemon: bool,
    /// systemd knows its service.
    unit: bool,
    /// The service is at work, in systemd's words.
    active: bool,
    /// systemd listens in its place, and starts it when it is called.
    listening: bool,
    /// It has failed, in systemd's words.
    failed: bool,
    /// `docker version` had an answer.
    answers: bool,
    /// What `docker version` complained of.
    said: String,
    /// The last complaints in the service's log.
    log: Vec<String>,
}

/// Asks the server, as root or as the login user.
pub(super) async fn ask(host: &Host, socket: &str, as_root: bool) -> Result<Facts, HostError> {
    let question = Command::shell(QUESTION).arg(socket).deadline(DIAGNOSIS);
    let question = if as_root { question.sudo() } else { question };
    let answer = host.exec(&question).await?;
    Ok(Facts::read(&String::from_utf8_lossy(&answer.stdout)))
}

impl Facts {
    fn read(answer: &str) -> Self {
        let mut facts = Self::default();
        for line in answer.lines() {
            match line {
                "socket" => facts.socket = true,
                "may-open" => facts.may_open = true,
                "client" => facts.client = true,
                "daemon" => facts.daemon = true,
                "answers" => facts.answers = true,
                "LoadState=loaded" | "LoadState=masked" => facts.unit = true,
                "ActiveState=active" => facts.active = true,
                "ActiveState=failed" => facts.failed = true,
                "listening ActiveState=active" => facts.listening = true,
                _ => {
                    if let Some(said) = line.strip_prefix("said ") {
                        facts.said = shown(said.as_bytes());
                    } else if let Some(line) = line.strip_prefix("log ") {
                        facts.log.push(shown(line.as_bytes()));
                    }
                }
            }
        }
        facts
    }

    /// The error that they come to. `sudo`: why sudo was no way either; `reached`: what an engine that was reached did instead of
    /// answering.
    pub(super) fn verdict(
        self,
        host: &Host,
        sudo: Option<HostError>,
        reached: DockerError,
    ) -> DockerError {
        let label = host.label();
        if !(self.active || self.daemon || self.answers || self.client && self.unit) {
            return DockerError::NotInstalled { host: label };
        }
        let stopped = self.unit && !self.active && !self.listening;
        if self.failed || stopped || (!self.socket && !self.answers) {
            return self.down(label);
        }
        match sudo {
            Some(sudo) => DockerError::NoAccess {
                user: host.user().to_owned(),
                why: if self.may_open {
                    NoAccess::NoForwarding
                } else {
                    NoAccess::NotInGroup
                },
                sudo: Box::new(sudo),
            },
            None if !self.client => DockerError::NoClient { host: label },
            None if !self.answers && !self.said.is_empty() => self.down(label),
            None => reached,
        }
    }

    fn down(self, host: String) -> DockerError {
        let detail = if self.failed {
            "its service has failed".to_owned()
        } else if self.may_open && !self.said.is_empty() {
            self.said
        } else {
            "its service is stopped".to_owned()
        };
        // What it complained of before it was stopped on purpose is of no interest.
        let log = if self.failed { self.log } else { Vec::new() };
        DockerError::DaemonDown { host, detail, log }
    }
}

#[cfg(test)]
#[path = "diagnose_tests.rs"]
mod tests;
