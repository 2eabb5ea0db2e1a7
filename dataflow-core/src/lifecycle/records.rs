//! What is kept on a server, for those who ask: who has its lock, what was done to it, how it was deployed.
//!
//! Works where nothing is deployed, and without Docker.

use std::time::Duration;

use serde::Serialize;

use super::{
    Control,
    error::LifecycleError,
    journal::{self, PastRun, RunId},
    lock::{self, Lease, RUNS},
    operation::Operation,
    remembered::Remembered,
    summary::PlanSummary,
};
use crate::{
    host::{Command, Host},
    spec::{KEPT_IN, Target},
};

/// How long reading may take; sudo may ask a directory service first.
const READ: Duration = Duration::from_secs(30);

/// The most bytes of one run that are read.
const RUN_LIMIT: usize = 64 * 1024;

/// What stands before each run in the answer.
const RUN_MARK: &str = "== run ";

/// What is kept on a server.
#[derive(Debug)]
pub struct Records {
    host: Host,
}

/// What was done to a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// Who has its lock now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<Lease>,
    /// How it was deployed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<Remembered>,
    /// What was done, the newest first.
    pub runs: Vec<PastRun>,
}

/// What came of taking a lock away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unlocked {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// Who had the lock, if anybody had it.
    pub taken_from: Option<Lease>,
}

/// What is kept, apart from the journal.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) holder: Option<Lease>,
    pub(super) remembered: Option<Remembered>,
}

impl Records {
    /// Reaches a server. Nothing is changed.
    ///
    /// # Errors
    /// Where it can't be reached or signed in to.
    pub async fn open(target: &Target) -> Result<Self, LifecycleError> {
        let host = Host::connect(&target.address, &target.sign_in).await?;
        Ok(Self::over(host))
    }

    pub(super) fn over(host: Host) -> Self {
        Self { host }
    }

    /// The newest runs, at most `most` of them.
    ///
    /// # Errors
    /// Where the journal can't be read.
    pub async fn history(&self, most: usize) -> Result<History, LifecycleError> {
        let script = format!(
            r#"{kept}cd {KEPT_IN}/journal 2>/dev/null || exit 0
ls | grep '^[0-9].*[.]jsonl$' | sort -r | head -n "$1" | while IFS= read -r file; do
    echo "{RUN_MARK}${{file%.jsonl}}"; head -c {RUN_LIMIT} "$file"; echo
done"#,
            kept = lock::reading()
        );
        let most = most.min(RUNS);
        let command = Command::shell(script)
            .arg(most.to_string())
            .limit(1024 * 1024 + most * (RUN_LIMIT + 100));
        Ok(self.understand(&self.ask(command).await?))
    }

    /// One run.
    ///
    /// # Errors
    /// [`LifecycleError::NoSuchRun`]; where the journal can't be read.
    pub async fn run(&self, run: &RunId) -> Result<PastRun, LifecycleError> {
        let script = format!(
            r#"{kept}file={KEPT_IN}/journal/$1.jsonl
test ! -f "$file" || {{ echo "{RUN_MARK}$1"; head -c 1048576 "$file"; }}"#,
            kept = lock::reading()
        );
        let command = Command::shell(script)
            .arg(run.as_str())
            .limit(2 * 1024 * 1024);
        let answer = self.ask(command).await?;
        self.understand(&answer)
            .runs
            .pop()
            .ok_or_else(|| LifecycleError::NoSuchRun {
                host: self.host.label(),
                run: run.clone(),
            })
    }

    /// Takes the lock away from whoever has it, on record; what its owner does ends with the step at work. Without `force` only
    /// says who has it.
    ///
    /// # Errors
    /// [`LifecycleError::Locked`] without `force`; where it can't be taken.
    pub async fn unlock(&self, force: bool, control: &Control) -> Result<Unlocked, LifecycleError> {
        let mut operation = Operation::prepare(&self.host, control, "unlock").await?;
        let result = self.unlock_with(&mut operation, force).await;
        operation.end(&result).await;
        Ok(Unlocked {
            server: self.host.label(),
            taken_from: result?,
        })
    }

    async fn unlock_with(
        &self,
        operation: &mut Operation,
        force: bool,
    ) -> Result<Option<Lease>, LifecycleError> {
        let Some(holder) = operation.holder().await? else {
            return Ok(None);
        };
        if !force {
            return Err(LifecycleError::Locked {
                host: self.host.label(),
                holder: Box::new(holder),
            });
        }
        let Some(holder) = operation.seize().await? else {
            return Ok(None);
        };
        operation
            .begin(None, Vec::new(), &PlanSummary::default())
            .await?;
        let what = format!("take the lock away from {holder}");
        operation.did(&what, "it was asked for").await;
        Ok(Some(holder))
    }

    /// Ends the session.
    pub async fn close(self) {
        self.host.close().await;
    }

    async fn ask(&self, command: Command) -> Result<String, LifecycleError> {
        ask(&self.host, command).await
    }

    fn understand(&self, answer: &str) -> History {
        let mark = format!("\n{RUN_MARK}");
        let mut parts = answer.split(&mark);
        // What comes before the first run has no line before it where nothing else is kept.
        let first = parts.next().unwrap_or_default();
        let (kept, first) = match first.strip_prefix(RUN_MARK) {
            Some(run) => (Kept::default(), Some(run)),
            None => (understand(first), None),
        };
        let runs = first.into_iter().chain(parts).filter_map(|part| {
            let (run, text) = part.split_once('\n').unwrap_or((part, ""));
            let run: RunId = run.parse().ok()?;
            let holder = kept.holder.as_ref();
            let at_work = holder.is_some_and(|holder| holder.run == run.as_str());
            Some(journal::read_run(run.as_str(), text, at_work))
        });
        History {
            server: self.host.label(),
            runs: runs.collect(),
            holder: kept.holder,
            deployment: kept.remembered,
        }
    }
}

/// What is kept on a server apart from the journal, in one command.
pub(super) async fn read(host: &Host) -> Result<Kept, LifecycleError> {
    Ok(understand(
        &ask(host, Command::shell(lock::reading())).await?,
    ))
}

async fn ask(host: &Host, command: Command) -> Result<String, LifecycleError> {
    let answer = host.exec(&command.sudo().deadline(READ)).await?;
    if answer.success() {
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    } else {
        Err(LifecycleError::Read {
            host: host.label(),
            detail: answer.stderr_shown(),
        })
    }
}

fn understand(answer: &str) -> Kept {
    let mut kept = Kept::default();
    for line in answer.lines() {
        if let Some(lease) = line.strip_prefix("lease ") {
            kept.holder = Some(Lease::read(lease));
        } else if let Some(deployment) = line.strip_prefix("deployment ") {
            kept.remembered = Remembered::read(deployment);
        }
    }
    kept
}
