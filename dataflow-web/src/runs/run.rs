//! One operation: what it tells, and how it stands.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use dataflow_core::{
    lifecycle::{Event, Interrupt, PlanSummary},
    prerequisites::Prerequisite,
};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::Order;
use crate::{fleet::Trouble, live::Topic, pages};

/// How long somebody's yes to a plan is waited for.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The most events of a run that are kept, and told to a page that comes back.
const EVENTS: usize = 20_000;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// It was done, or there was nothing to do.
    Done,
    /// Nobody said yes to its plan; nothing was changed.
    Declined,
    /// It failed, and why is told.
    Failed,
}

impl Outcome {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Declined => "declined",
            Self::Failed => "failed",
        }
    }
}

/// How a run stands.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(crate) enum State {
    /// It is at work.
    AtWork,
    /// It waits for somebody's yes.
    Asking {
        /// To this plan.
        plan: PlanSummary,
        /// Which goes by this digest.
        digest: String,
    },
    /// It waits for somebody to say that what must be so at the PBX is so.
    AskingByHand {
        /// What must be so.
        prerequisites: Vec<Prerequisite>,
        /// What the question goes by.
        digest: String,
    },
    /// It is over.
    Over {
        /// What it came to.
        outcome: Outcome,
        /// In a sentence.
        summary: String,
        /// What failed, if something did.
        #[serde(skip_serializing_if = "Option::is_none")]
        trouble: Option<Trouble>,
    },
}

impl State {
    /// What the question goes by that it waits for an answer to.
    pub(crate) fn asks(&self) -> Option<&str> {
        match self {
            Self::Asking { digest, .. } | Self::AskingByHand { digest, .. } => Some(digest),
            Self::AtWork | Self::Over { .. } => None,
        }
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self, Self::Over { .. })
    }
}

/// One thing that a run told, and when.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Heard {
    /// Its place among all, from 1. Told as `id`: a step has a number, too.
    #[serde(rename = "id")]
    pub(crate) number: usize,
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub(crate) event: Event,
}

/// One operation on one server.
pub(crate) struct Run {
    id: String,
    server: String,
    order: Order,
    by: String,
    began: Timestamp,
    clock: Instant,
    told: Mutex<Told>,
    topic: Topic,
    interrupt: Interrupt,
    /// The digest of the plan that somebody said yes to last, or `None` for a no.
    answer: watch::Sender<Option<Answer>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Yes(String),
    No,
}

struct Told {
    events: Vec<Heard>,
    state: State,
    /// How long it took, once it is over.
    took: Option<Duration>,
    /// What the journal calls it.
    journal: Option<String>,
}

/// All that is told of a run, at one moment.
pub(crate) struct Snapshot {
    pub(crate) state: State,
    pub(crate) events: Vec<Heard>,
    /// Up to which event of its topic.
    pub(crate) place: String,
    /// What the journal calls it, once it has the lock.
    pub(crate) journal: Option<String>,
    pub(crate) took: Duration,
}

/// What a plan, or another question, goes by when somebody says yes to it: another one has another digest.
pub(crate) fn digest(question: &impl Serialize) -> String {
    let text = serde_json::to_vec(question).unwrap_or_default();
    let digest = Sha256::digest(text);
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Run {
    pub(crate) fn new(server: &str, order: Order, by: &str) -> Self {
        let answer = order.plan.clone().map(Answer::Yes);
        Self {
            id: format!("{:012x}", rand::random::<u64>() >> 16),
            server: server.to_owned(),
            order,
            by: by.to_owned(),
            began: Timestamp::now(),
            clock: Instant::now(),
            told: Mutex::new(Told {
                events: Vec::new(),
                state: State::AtWork,
                took: None,
                journal: None,
            }),
            topic: Topic::new(EVENTS),
            interrupt: Interrupt::new(),
            answer: watch::Sender::new(answer),
        }
    }

    /// What it goes by in the panel.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The server.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// What was asked for.
    pub(crate) fn order(&self) -> &Order {
        &self.order
    }

    /// Who asked for it.
    pub(crate) fn by(&self) -> &str {
        &self.by
    }

    /// When it began.
    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// How it stands.
    pub(crate) fn state(&self) -> State {
        self.told().state.clone()
    }

    /// How long it has taken so far, or took.
    pub(crate) fn elapsed(&self) -> Duration {
        self.told().took.unwrap_or_else(|| self.clock.elapsed())
    }

    /// What pages that show it listen to.
    pub(crate) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// All that it has told.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let told = self.told();
        Snapshot {
            state: told.state.clone(),
            events: told.events.clone(),
            place: self.topic.place(),
            journal: told.journal.clone(),
            took: told.took.unwrap_or_else(|| self.clock.elapsed()),
        }
    }

    /// Has it end in good order: the step at work is given up, and what can be put back is put back.
    pub(crate) fn interrupt(&self) {
        self.interrupt.raise();
        self.decline();
    }

    pub(super) fn interrupted_by(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Says yes to the question of this digest. `false`: that is not asked.
    pub(crate) fn approve(&self, digest: &str) -> bool {
        let told = self.told();
        let asks = told.state.asks() == Some(digest);
        if asks {
            let yes = Answer::Yes(digest.to_owned());
            self.answer.send_replace(Some(yes));
        }
        asks
    }

    /// Says no to what it asks about. `false`: it does not ask.
    pub(crate) fn decline(&self) -> bool {
        let told = self.told();
        let asks = told.state.asks().is_some();
        if asks {
            self.answer.send_replace(Some(Answer::No));
        }
        asks
    }

    /// Whether somebody says yes to what `asking` asks; waits for it. A plan that was approved before counts. `ends`: whether the panel
    /// is about to end, when nobody is waited for any more.
    pub(super) async fn ask(self: Arc<Self>, asking: State, ends: impl Fn() -> bool) -> bool {
        let Some(digest) = asking.asks().map(str::to_owned) else {
            return false;
        };
        let mut answers = self.answer.subscribe();
        if *answers.borrow_and_update() == Some(Answer::Yes(digest.clone())) {
            return true;
        }
        self.answer.send_replace(None);
        self.stands(asking);
        // Between the two, it may have been asked to end.
        if ends() {
            self.decline();
        }
        let answered = answers.wait_for(Option::is_some);
        let answer = match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(answer)) => answer.clone(),
            Ok(Err(_)) | Err(_) => None,
        };
        self.stands(State::AtWork);
        answer == Some(Answer::Yes(digest))
    }

    /// Takes what the operation tells.
    pub(crate) fn hears(&self, event: Event) {
        let mut told = self.told();
        if let Event::Begun { run } = &event {
            told.journal = Some(run.to_string());
        }
        let heard = Heard {
            number: told.events.len() + 1,
            at: Timestamp::now(),
            event,
        };
        pages::run::tell(&self.topic, &heard, &told.events);
        if told.events.len() < EVENTS {
            told.events.push(heard);
        }
    }

    pub(crate) fn stands(&self, state: State) {
        let mut told = self.told();
        if state.is_over() {
            told.took = Some(self.clock.elapsed());
        }
        told.state = state;
        let took = told.took.unwrap_or_default();
        let journal = told.journal.as_deref();
        pages::run::tell_state(&self.topic, self, &told.state, journal, took);
        if told.state.is_over() {
            self.topic.tell("end", "{}");
            self.topic.end();
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
