//! What the containers of one server write: read once for however many look, and only while somebody looks.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use dataflow_core::lifecycle::{Control, LogLine, LogQuery, Server, Since};
use jiff::Timestamp;
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout_at},
};

use super::{Trouble, Watched};
use crate::{live::Topic, pages, panel::Shared};

/// How many lines are kept.
const KEPT: usize = 2_000;

/// The most bytes of them.
const KEPT_BYTES: usize = 2 * 1024 * 1024;

/// How many lines of each container are read at first.
const FIRST: u32 = 500;

/// Lines that come within this time are told together.
const TOGETHER: Duration = Duration::from_millis(200);

/// The most lines that are told together.
const MOST_TOGETHER: usize = 200;

/// How long it is read on after the last one has gone: a page that is loaded again is there again.
const LINGER: Duration = Duration::from_secs(30);

/// Time between two tries.
const AGAIN: Duration = Duration::from_secs(5);

/// What the containers of one server write.
pub(crate) struct Logs {
    held: Mutex<Held>,
    /// What pages that show them listen to.
    pub(crate) topic: Topic,
    wanted: Notify,
}

#[derive(Default)]
struct Held {
    lines: VecDeque<Arc<LogLine>>,
    bytes: usize,
    state: LogState,
}

/// Whether they are being read.
#[derive(Debug, Clone, Default)]
pub(crate) enum LogState {
    /// Nobody looks.
    #[default]
    Idle,
    /// The server is being reached.
    Opening,
    /// They are read as they are written.
    Following,
    /// They can't be read.
    Trouble(Trouble),
}

impl Logs {
    pub(super) fn new() -> Self {
        Self {
            held: Mutex::default(),
            topic: Topic::new(KEPT),
            wanted: Notify::new(),
        }
    }

    /// Somebody looks: they are read from now on, as long as somebody listens.
    pub(crate) fn want(&self) {
        self.wanted.notify_one();
    }

    /// The last `most` lines, whether they are being read, and up to which event of the topic that is.
    pub(crate) fn last(&self, most: usize) -> (Vec<Arc<LogLine>>, LogState, String) {
        let held = self.held();
        let skip = held.lines.len().saturating_sub(most);
        let lines = held.lines.iter().skip(skip).cloned().collect();
        (lines, held.state.clone(), self.topic.place())
    }

    pub(crate) fn stands(&self, state: LogState) {
        let mut held = self.held();
        pages::logs::tell_state(&self.topic, &state);
        held.state = state;
    }

    pub(crate) fn take(&self, lines: Vec<LogLine>) {
        let mut held = self.held();
        pages::logs::tell(&self.topic, &lines);
        for line in lines {
            held.bytes += line.text.len();
            held.lines.push_back(Arc::new(line));
        }
        while held.lines.len() > KEPT || held.bytes > KEPT_BYTES {
            let Some(gone) = held.lines.pop_front() else {
                break;
            };
            held.bytes -= gone.text.len();
        }
    }

    fn newest(&self) -> Option<Timestamp> {
        self.held().lines.back().map(|line| line.at)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads them whenever somebody looks, until the panel ends.
pub(super) async fn follow(panel: Shared, watched: Arc<Watched>) {
    loop {
        tokio::select! {
            () = watched.logs.wanted.notified() => {}
            () = watched.end(&panel) => return,
        }
        let wanted = async {
            let mut since = Instant::now();
            loop {
                sleep(Duration::from_secs(1)).await;
                if watched.logs.topic.listeners() > 0 {
                    since = Instant::now();
                } else if since.elapsed() >= LINGER {
                    return;
                }
            }
        };
        tokio::select! {
            () = wanted => {}
            () = read_on(&watched) => {}
            () = watched.end(&panel) => return,
        }
        watched.logs.stands(LogState::Idle);
    }
}

/// Reads on, over a new session where one was lost.
async fn read_on(watched: &Watched) {
    loop {
        watched.logs.stands(LogState::Opening);
        if let Err(trouble) = read(watched).await {
            watched.logs.stands(LogState::Trouble(trouble));
        }
        sleep(AGAIN).await;
    }
}

async fn read(watched: &Watched) -> Result<(), Trouble> {
    let settings = watched
        .settings()
        .await
        .map_err(|error| Trouble::of(&error))?;
    let target = settings.target().map_err(|error| Trouble::of(&error))?;
    let server = Server::open(&target, Control::default()).await;
    let server = server.map_err(|error| Trouble::of(&error))?;
    let newest = watched.logs.newest();
    let query = LogQuery {
        since: newest.map(Since::At),
        last: newest.is_none().then_some(FIRST),
        follow: true,
        ..LogQuery::default()
    };
    let mut logs = server
        .logs(query)
        .await
        .map_err(|error| Trouble::of(&error))?;
    watched.logs.stands(LogState::Following);
    let take = |mut lines: Vec<LogLine>| {
        // The last line that was read over the session before is read again.
        lines.retain(|line| newest.is_none_or(|newest| line.at > newest));
        watched.logs.take(lines);
    };
    loop {
        let Some(first) = logs.next().await.map_err(|error| Trouble::of(&error))? else {
            return Ok(());
        };
        let mut together = vec![first];
        let until = Instant::now() + TOGETHER;
        let ended = loop {
            match timeout_at(until, logs.next()).await {
                Ok(Ok(Some(line))) if together.len() < MOST_TOGETHER => together.push(line),
                Ok(Ok(Some(line))) => {
                    take(std::mem::replace(&mut together, vec![line]));
                }
                Ok(Ok(None)) => break Some(Ok(())),
                Ok(Err(error)) => break Some(Err(Trouble::of(&error))),
                Err(_) => break None,
            }
        };
        take(together);
        if let Some(ended) = ended {
            return ended;
        }
    }
}
