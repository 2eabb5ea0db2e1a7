//! What agents are at.

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{Moment, SessionId, TenantId};

words! {
    /// What an agent is at, in one queue.
    AgentState {
        /// Not registered with the PBX.
        Offline = 1: "offline";
        /// Registered, but not logged in to the queue.
        LoggedOut = 2: "logged_out" | "online";
        /// Logged in, taking no calls.
        NotReady = 3: "not_ready" | "break" | "lunch";
        /// Waiting for a call.
        Ready = 4: "ready" | "logged_in";
        /// On a call that is none of a queue.
        OtherCall = 5: "other_call";
        /// Busy after a call.
        WrapUp = 6: "wrap_up";
        /// On a call of a queue.
        QueueCall = 7: "queue_call";
    }
}

/// A stretch of time for which an agent was at one thing in a queue: a row of `agent_intervals`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AgentInterval {
    /// Whose agent.
    pub tenant: TenantId,
    /// The agent's extension.
    pub agent: Box<str>,
    /// The queue's number.
    pub queue: Box<str>,
    /// What the agent was at.
    pub state: AgentState,
    /// Why, where the PBX tells.
    pub reason: Box<str>,
    /// From then on.
    pub since: Moment,
    /// Until then, which is not part of it.
    pub until: Moment,
    /// The call, where there was one.
    pub session: Option<SessionId>,
}
