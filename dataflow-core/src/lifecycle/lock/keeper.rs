//! The keeper's other end.

use std::{
    io,
    pin::pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, interval_at, timeout},
};

use super::{Lease, Place, heard::Heard};
use crate::{
    host::{Command, Host, HostError, Stream, shown},
    lifecycle::journal::RunId,
};

const SCRIPT: &str = include_str!("keeper.sh");

/// How long starting it may take; sudo may ask a directory service first.
const START: Duration = Duration::from_secs(30);

/// How long one answer may take: writing to a disk that is busy.
const ANSWER: Duration = Duration::from_secs(20);

/// What comes on top: a program that stood still finds its time over though the answer may be there, or come at once.
const GRACE: Duration = Duration::from_secs(2);

/// How long letting go may take before nobody waits for it any more.
const LET_GO: Duration = Duration::from_secs(5);

/// The most bytes of an answer.
const LONGEST: u64 = 128 * 1024;

/// A heartbeat.
const BEAT: &str = "beat";

/// What the keeper does only where the lease is this operation's.
const PROOFS: [&str; 4] = ["take ", "seize ", "step ", BEAT];

/// A keeper at work on a server. When this is dropped, it lets the lease go and ends.
pub(in crate::lifecycle) struct Keeper {
    host: Host,
    to: mpsc::Sender<Asked>,
    attendant: JoinHandle<()>,
    heard: Arc<Heard>,
    sure: Duration,
}

/// What a keeper answers.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::lifecycle) enum Answer {
    /// It is done; with a text where one was asked for.
    Done(String),
    /// Somebody else has the lease.
    Held(Lease),
    /// The lease is not this operation's any more; with the one who has it now.
    Lost(Option<Lease>),
    /// It could not be done, and why.
    Failed(String),
}

struct Asked {
    line: String,
    answer: oneshot::Sender<io::Result<String>>,
}

impl Keeper {
    /// Starts a keeper for a run. Takes one channel, and nothing is written yet.
    ///
    /// # Errors
    /// As [`Host::pipe`].
    pub(in crate::lifecycle) async fn start(
        host: &Host,
        place: &Place,
        run: &RunId,
    ) -> Result<Self, HostError> {
        let command = Command::shell(SCRIPT)
            .args([
                place.directory.clone(),
                run.to_string(),
                place.expiry.as_secs().to_string(),
                place.runs.to_string(),
            ])
            .deadline(START);
        let command = if place.root { command.sudo() } else { command };
        let stream = host.pipe(&command).await?;
        Ok(Self::over(stream, host, place))
    }

    fn over(stream: Stream, host: &Host, place: &Place) -> Self {
        let (to, asked) = mpsc::channel(8);
        let heard = Arc::new(Heard::never());
        let attendant = attend(host.clone(), stream, asked, place.beat, Arc::clone(&heard));
        Self {
            host: host.clone(),
            to,
            attendant: tokio::spawn(attendant),
            heard,
            sure: place.sure,
        }
    }

    /// Whether the lease is surely still this operation's: the keeper said so not long ago. After this machine slept, or the
    /// connection stood still, it has to be asked.
    pub(in crate::lifecycle) fn is_sure(&self) -> bool {
        self.heard.within(self.sure)
    }

    /// Asks whether the lease is still this operation's.
    pub(in crate::lifecycle) async fn beat(&self) -> Result<Answer, HostError> {
        self.ask(BEAT.to_owned()).await
    }

    /// Who has the lease, if anybody has.
    pub(in crate::lifecycle) async fn look(&self) -> Result<Answer, HostError> {
        self.ask("look".to_owned()).await
    }

    /// Takes the lease, unless somebody else has it.
    pub(in crate::lifecycle) async fn take(&self, lease: &Lease) -> Result<Answer, HostError> {
        self.ask(format!("take {}", line(lease))).await
    }

    /// Takes the lease, whoever has it. The answer's text is the lease that was there.
    pub(in crate::lifecycle) async fn seize(&self, lease: &Lease) -> Result<Answer, HostError> {
        self.ask(format!("seize {}", line(lease))).await
    }

    /// Says which step is at work. From the answer on, the lease is safe for as long as it takes to expire.
    pub(in crate::lifecycle) async fn step(&self, lease: &Lease) -> Result<Answer, HostError> {
        self.ask(format!("step {}", line(lease))).await
    }

    /// Writes a record, one line, to the run's journal.
    pub(in crate::lifecycle) async fn record(&self, record: &str) -> Result<Answer, HostError> {
        self.ask(format!("record {record}")).await
    }

    /// What is remembered of the deployment, as the answer's text.
    pub(in crate::lifecycle) async fn recall(&self) -> Result<Answer, HostError> {
        self.ask("recall".to_owned()).await
    }

    /// Remembers a deployment, one line.
    pub(in crate::lifecycle) async fn remember(&self, what: &str) -> Result<Answer, HostError> {
        self.ask(format!("remember {what}")).await
    }

    /// Lets the lease go, if it is this operation's, and ends the keeper.
    pub(in crate::lifecycle) async fn end(self) {
        drop(self.to);
        // It has a deadline of its own.
        let _ = self.attendant.await;
    }

    /// The attendant asks one thing after the other; who does not wait for the answer does not put the next one in its place.
    async fn ask(&self, line: String) -> Result<Answer, HostError> {
        let (answer, answered) = oneshot::channel();
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the lock's keeper has ended");
        let result = async {
            let sent = self.to.send(Asked { line, answer }).await;
            sent.map_err(|_| gone())?;
            answered.await.map_err(|_| gone())?
        };
        result
            .await
            .map(|answer| understand(&answer))
            .map_err(|error| self.broken(error))
    }

    fn broken(&self, error: io::Error) -> HostError {
        let during = "keeping the lock".to_owned();
        match error.kind() {
            io::ErrorKind::TimedOut => HostError::Deadline {
                host: self.host.label(),
                what: during,
                after: ANSWER,
                stderr: String::new(),
            },
            _ => error
                .downcast()
                .unwrap_or_else(|error| HostError::ConnectionLost {
                    host: self.host.label(),
                    during,
                    reason: error.to_string(),
                }),
        }
    }
}

fn line(lease: &Lease) -> String {
    // Texts and numbers: they can always be written.
    serde_json::to_string(lease).unwrap_or_default()
}

fn understand(answer: &str) -> Answer {
    let (word, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    match word {
        "ok" => Answer::Done(rest.to_owned()),
        "held" => Answer::Held(Lease::read(rest)),
        "lost" => Answer::Lost((!rest.is_empty()).then(|| Lease::read(rest))),
        "failed" => Answer::Failed(shown(rest.as_bytes())),
        _ => Answer::Failed(format!(
            "the lock's keeper answered: {}",
            shown(answer.as_bytes())
        )),
    }
}

/// Talks to the keeper: what is asked, and a heartbeat while nothing is. Holds on to the host, so that the session lasts
/// until the lease is let go.
async fn attend(
    _host: Host,
    stream: Stream,
    mut asked: mpsc::Receiver<Asked>,
    beat: Duration,
    heard: Arc<Heard>,
) {
    let mut stream = BufReader::new(stream);
    let mut beats = interval_at(Instant::now() + beat, beat);
    loop {
        tokio::select! {
            next = asked.recv() => match next {
                Some(Asked { line, answer }) => {
                    let said = talk(&mut stream, &line, ANSWER, &heard).await;
                    let broken = said.is_err();
                    // Whoever asked may have stopped waiting.
                    let _ = answer.send(said);
                    // What comes later could be the answer to an earlier question.
                    if broken { return; }
                }
                None => {
                    let _ = talk(&mut stream, "end", LET_GO, &heard).await;
                    return;
                }
            },
            // That the lease is lost is told with the next thing that is asked.
            _ = beats.tick() => if talk(&mut stream, BEAT, ANSWER, &heard).await.is_err() { return },
        }
    }
}

async fn talk(
    stream: &mut BufReader<Stream>,
    line: &str,
    patience: Duration,
    heard: &Heard,
) -> io::Result<String> {
    let now = (std::time::Instant::now(), SystemTime::now());
    let exchange = async {
        stream.write_all(format!("{line}\n").as_bytes()).await?;
        stream.flush().await?;
        let mut answer = Vec::new();
        let mut bounded = stream.take(LONGEST);
        bounded.read_until(b'\n', &mut answer).await?;
        if answer.pop() != Some(b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // A yes to these means that the lease is there; a yes to a look doesn't.
        if answer.starts_with(b"ok") && PROOFS.iter().any(|proof| line.starts_with(proof)) {
            heard.at(now);
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    let mut exchange = pin!(exchange);
    for patience in [patience, GRACE] {
        if let Ok(said) = timeout(patience, exchange.as_mut()).await {
            return said;
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
