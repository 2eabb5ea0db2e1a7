//! A visit to a queue.

use serde::{Deserialize, Serialize};

use super::{CallId, Moment, SessionId, TenantId};

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Outcome {
    /// A correction took it back: there was no such visit. Never counted.
    Void = 0,
    /// The caller waits.
    Waiting = 1,
    /// An agent answered.
    Answered = 2,
    /// The caller gave up.
    Abandoned = 3,
    /// The caller was sent elsewhere.
    Overflow = 4,
    /// The caller was, or is to be, called back; this has not failed.
    Callback = 5,
    /// The call back found nobody.
    CallbackFailed = 6,
}

impl Outcome {
    /// The number that stands for it in the tables.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// One stay of one call in one queue: a row of `queue_calls`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct QueueVisit {
    /// Whose queue.
    pub tenant: TenantId,
    /// The queue's number.
    pub queue: Box<str>,
    /// When the caller entered.
    pub entered: Moment,
    /// The call.
    pub call: CallId,
    /// Which visit of its call this is, from 0.
    pub place: u8,
    /// The session of the call.
    pub session: SessionId,
    /// Seconds of waiting.
    pub wait: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Who answered; empty where nobody did.
    pub agent: Box<str>,
    /// How often agents were rung.
    pub attempts: u16,
    /// Seconds for which the telephone of the agent who answered rang.
    pub ringing: u32,
    /// Seconds for which caller and agent talked.
    pub talk: u32,
    /// Who called.
    pub caller: Box<str>,
}
