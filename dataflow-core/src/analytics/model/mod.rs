//! What the engine keeps, as plain values. Each is a row of one table:
//!
//! | value | table | key |
//! |---|---|---|
//! | [`Call`] | `calls`, its legs inside | tenant, start, id |
//! | [`QueueVisit`] | `queue_calls` | tenant, queue, entry, id, place in the call |
//! | [`AgentInterval`] | `agent_intervals` | tenant, agent, since, queue |
//! | [`Delivery`](super::read::Delivery) | `events_raw` | source, event id |
//! | [`Unreadable`](super::read::Unreadable) | `calls_bad` | none: each is kept |
//!
//! Times are whole seconds of UTC, which is as exact as the PBX tells them. Text that the documentation does not list is kept as it
//! came, beside the value [`Other`](Direction::Other).

mod agent;
mod call;
mod id;
mod moment;
mod visit;
mod words;

pub use agent::{AgentInterval, AgentState};
pub use call::{Call, CallStatus, Direction, EndReason, Leg, LegKind, Party, RerouteReason};
pub use id::{CallId, NotAnId, QueueId, SessionId, TenantId};
pub use moment::{Moment, NotAMoment};
pub use visit::{Outcome, QueueVisit};
pub(super) use words::plain_word;
