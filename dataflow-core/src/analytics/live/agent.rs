//! An agent's time.

use serde::{Deserialize, Serialize};

use crate::analytics::figures::AgentTime;
use crate::analytics::model::{AgentState, Moment, SessionId};
use crate::analytics::windows::Window;

/// What somebody is at, since when, and how long they were at what today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Clock {
    pub(super) state: AgentState,
    pub(super) since: Moment,
    /// Of the stretches that are over.
    time: AgentTime,
}

impl Clock {
    pub(super) fn new(state: AgentState, since: Moment) -> Self {
        Self {
            state,
            since,
            time: AgentTime::default(),
        }
    }

    /// Is at something else from then on. False where that is known, or older than what is: of two things in one second the busier one
    /// holds.
    pub(super) fn turn(&mut self, state: &AgentState, at: Moment, day: &Window) -> bool {
        if at < self.since || at == self.since && state.code() <= self.state.code() {
            return false;
        }
        self.time.add(&self.state, day.overlap(self.since, at));
        self.state = state.clone();
        self.since = at;
        true
    }

    /// Is at this from then on, whatever it was before; a time before the present stretch is its begin.
    pub(super) fn set(&mut self, state: &AgentState, at: Moment, day: &Window) {
        if *state != self.state {
            let at = at.max(self.since);
            self.time.add(&self.state, day.overlap(self.since, at));
            self.state = state.clone();
            self.since = at;
        }
    }

    /// Today's time until now.
    pub(super) fn time(&self, now: Moment, day: &Window) -> AgentTime {
        let mut time = self.time;
        time.add(&self.state, day.overlap(self.since, now));
        time
    }

    /// A new day begins: what was before is of the old one.
    pub(super) fn new_day(&mut self) {
        self.time = AgentTime::default();
    }
}

/// An agent in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) clock: Clock,
    pub(super) reason: Box<str>,
    pub(super) session: Option<SessionId>,
    pub(super) caller: Box<str>,
    pub(super) caller_name: Box<str>,
    /// Whether the last call was one of this queue: the wrap-up after it is then this queue's.
    pub(super) after_call: bool,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Agent {
    pub(super) number: Box<str>,
    pub(super) name: Box<str>,
    /// Over all queues, by the busiest.
    pub(super) clock: Option<Clock>,
    /// The places of the queues.
    pub(super) queues: Vec<u32>,
}
