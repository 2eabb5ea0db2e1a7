//! The live state of queues and agents: who waits, who talks, today's counts, kept in memory and fed by the PBX's events.
//!
//! - The state is a function of the *set* of events of a caller, not of their order: copies change nothing, and one that comes late ends in
//!   the state that it would have made in time (`stay.rs`). Of an agent the latest state holds; what is older than it is left out (`agent.rs`).
//! - The record of a call is the final truth on its visits, and takes the place of what the events made of them.
//! - Today is the local day of the tenant's zone. What was counted before this process began comes from the tables
//!   ([`Board::reconcile`]), the time of agents from a [`Checkpoint`].
//! - A queue whose news may be missing is *stale* until the PBX has told all of it again.
//!
//! What every figure means is in [`figures`](super::figures).

mod agent;
mod apply;
mod board;
mod checkpoint;
mod members;
mod queue;
mod stay;
mod tenant;
#[cfg(test)]
mod tests;
mod view;

pub use board::{Board, Changes, Seen};
pub use checkpoint::{Checkpoint, TenantState};
pub use view::{AgentView, MemberView, QueueView, States, TenantView, WaitingView};
