//! What events of queues say.

use serde::Deserialize;

use crate::analytics::model::{AgentState, Moment, QueueId, SessionId, TenantId};

/// Whether somebody waits on the line or for a call back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Callback {
    /// On the line.
    No,
    /// For a call back.
    Yes,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The call.
    pub session: SessionId,
    /// Who.
    pub caller: Box<str>,
    /// The name shown.
    pub name: Box<str>,
    /// Since when.
    pub since: Moment,
    /// On the line, or for a call back.
    pub callback: Callback,
}

/// All of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueStatus {
    /// Whose it is.
    pub tenant: TenantId,
    /// The queue.
    pub queue: QueueId,
    /// Its number.
    pub number: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Who waits.
    pub waiting: Vec<Waiting>,
    /// What its agents are at.
    pub agents: Vec<AgentUpdate>,
}

/// Callers who came or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusOfCallers {
    /// Whose queue.
    pub tenant: TenantId,
    /// The queue.
    pub queue: QueueId,
    /// The callers.
    pub callers: Vec<CallerUpdate>,
}

/// A caller who came or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerUpdate {
    /// The call.
    pub session: SessionId,
    /// Who.
    pub caller: Box<str>,
    /// The name shown.
    pub name: Box<str>,
    /// What happened.
    pub reason: CallerReason,
    /// When.
    pub at: Moment,
    /// On the line, or for a call back.
    pub callback: Callback,
}

/// What a caller did, with what is not known as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerReason {
    /// One that the documentation lists.
    Known(CallerChange),
    /// Another.
    Other(Box<str>),
}

/// What a caller did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerChange {
    /// Came.
    Enqueue,
    /// Was answered by an agent.
    AgentAnswered,
    /// Was sent elsewhere.
    Overflow,
    /// Hung up.
    Hangup,
    /// Will be called back.
    Callback,
}

/// Agents who are at something else, or left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusOfAgents {
    /// Whose queue.
    pub tenant: TenantId,
    /// The queue.
    pub queue: QueueId,
    /// Who is at something else.
    pub updated: Vec<AgentUpdate>,
    /// Who left the queue, by extension.
    pub removed: Vec<Box<str>>,
}

/// What an agent is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentUpdate {
    /// The agent's extension.
    pub agent: Box<str>,
    /// At what.
    pub state: AgentState,
    /// Why, where told.
    pub reason: Box<str>,
    /// The call, where there is one.
    pub session: Option<SessionId>,
    /// Who is on the line.
    pub caller: Box<str>,
    /// The name shown for them.
    pub caller_name: Box<str>,
    /// Since when. A snapshot may not tell for an agent who was never seen.
    pub since: Option<Moment>,
}

/// Somebody waits for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlaBreached {
    /// Whose queue.
    pub tenant: TenantId,
    /// The queue.
    pub queue: QueueId,
    /// Who.
    pub caller: Box<str>,
    /// How long one may wait, in seconds.
    pub sla: u32,
    /// How many wait.
    pub waiting: u32,
    /// How many have waited for too long.
    pub breached: u32,
    /// When.
    pub at: Option<Moment>,
}

/// What happened to a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueChange {
    /// It is new, or told on subscribing.
    Created,
    /// Its settings are others: read them again.
    Updated,
    /// It is gone.
    Destroyed,
}

/// A queue that was made, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueChanged {
    /// What happened.
    pub change: QueueChange,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its number.
    pub number: Box<str>,
}
