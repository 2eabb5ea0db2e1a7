//! Asks a machine: one command on one channel; where sudo refuses, a second one without it.

use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use super::{Answer, Fact, Facts, FactsError, Metadata, Sudo, catalogue, pbx_node::pbx_node, time};
use crate::host::{Command, Host, HostError, shown};

/// The script that reads. It is plain POSIX sh.
pub(crate) const PROBE: &str = concat!(include_str!("instance.sh"), include_str!("probe.sh"));

/// How long all of it may take. Each program in it has less.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// The most that it may write: more than all its own limits together.
pub(crate) const LIMIT: usize = 4 * 1024 * 1024;

/// What is asked of a machine.
#[derive(Debug, Clone)]
pub struct Question {
    /// The directory that will hold the data.
    pub data_path: String,
    /// Whether apt is asked how many updates wait. It takes a second or more.
    pub count_updates: bool,
    /// Whether a sudo password that is missing is an error, since somebody is there to be asked for it. Else what only root may
    /// see is unknown.
    pub wants_sudo_password: bool,
    /// How AWS is asked what the machine is.
    pub metadata: Metadata,
    /// The PBX's address, where it is known: if it is this machine's, AWS is asked of this one too.
    pub pbx: Option<IpAddr>,
}

/// Reads the facts of a machine, as root where sudo allows it.
///
/// # Errors
/// [`FactsError::Host`] when the machine can't be asked at all, [`FactsError::BrokeOff`].
pub async fn read(host: &Host, question: &Question) -> Result<Facts, FactsError> {
    let command = command(question);
    let mut began = SystemTime::now();
    let (output, refused) = match host.exec(&command.clone().sudo()).await {
        Ok(output) => (output, None),
        Err(error @ HostError::SudoPasswordNeeded { .. }) if question.wants_sudo_password => {
            return Err(error.into());
        }
        Err(error) => match without_sudo(&error) {
            Some(sudo) => {
                began = SystemTime::now();
                (host.exec(&command).await?, Some(sudo))
            }
            None => return Err(error.into()),
        },
    };
    let ended = SystemTime::now();
    let text = String::from_utf8_lossy(&output.stdout);
    let answer = Answer::of(&text);
    if !answer.whole() {
        return Err(FactsError::BrokeOff {
            host: host.label(),
            detail: if output.stderr.is_empty() {
                output.status.to_string()
            } else {
                shown(&output.stderr)
            },
        });
    }
    let mut facts = understood(&answer, host, &question.data_path, began, ended);
    if let Some(sudo) = refused {
        facts.account.sudo = sudo;
    }
    facts.pbx_node = pbx_node(&facts.aws, question.pbx, &question.metadata).await;
    Ok(facts)
}

/// The facts that the probe wrote as a part of something else; `None` where it did not come to its end.
#[cfg(feature = "docker")]
pub(crate) fn facts_of(
    text: &str,
    host: &Host,
    data_path: &str,
    began: SystemTime,
    ended: SystemTime,
) -> Option<Facts> {
    let answer = Answer::of(text);
    answer
        .whole()
        .then(|| understood(&answer, host, data_path, began, ended))
}

fn understood(
    answer: &Answer<'_>,
    host: &Host,
    data_path: &str,
    began: SystemTime,
    ended: SystemTime,
) -> Facts {
    let mut facts = Facts::of(answer, &host.label(), data_path);
    if !host.is_local() {
        facts.time.ahead_ms = ahead(answer, began, ended);
    }
    facts
}

fn command(question: &Question) -> Command {
    Command::shell(PROBE)
        .arg(&question.data_path)
        .arg(catalogue::packages())
        .arg(catalogue::units())
        .arg(if question.count_updates { "yes" } else { "no" })
        .arg(question.metadata.argument())
        .deadline(DEADLINE)
        .limit(LIMIT)
}

/// What is known of sudo where it refused; `None` for an error that has nothing to do with it.
pub(super) fn without_sudo(error: &HostError) -> Option<Fact<Sudo>> {
    match error {
        HostError::SudoMissing { .. } => Some(Fact::Known(Sudo::Missing)),
        HostError::SudoDenied { reason, .. } => Some(Fact::Known(Sudo::Refused(reason.clone()))),
        HostError::SudoPasswordNeeded { .. } => {
            Some(Fact::unknown("sudo wants a password, and none was given"))
        }
        HostError::SudoPasswordWrong { .. } => Some(Fact::unknown(
            "sudo did not take the password that was given",
        )),
        HostError::SudoNeedsTty { .. } => {
            Some(Fact::Known(Sudo::Refused("it wants a terminal".to_owned())))
        }
        HostError::SudoFailed { reason, .. } => {
            Some(Fact::unknown(format!("sudo failed: {reason}")))
        }
        _ => None,
    }
}

/// How far the machine's clock is ahead of ours. What it says was said between `began` and `ended`, so the middle of its
/// own two readings is laid on the middle of ours.
fn ahead(answer: &Answer<'_>, began: SystemTime, ended: SystemTime) -> Fact<i64> {
    let ours = |at: SystemTime| {
        let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_millis()).ok()
    };
    let middle = |first: Option<i64>, last: Option<i64>| Some(first? / 2 + last? / 2);
    let theirs = middle(time::at(answer, "began"), time::at(answer, "done"));
    let difference = middle(ours(began), ours(ended)).zip(theirs);
    Fact::or_unknown(
        difference.and_then(|(ours, theirs)| theirs.checked_sub(ours)),
        "date did not say",
    )
}
