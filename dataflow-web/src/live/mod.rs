//! What open pages are told without asking: server-sent events with numbers, and what was missed after a reconnect.

mod renew;
mod routes;
mod stream;
mod topic;

pub(crate) use renew::{add, part, renew};
pub(crate) use routes::{logs, overview, run, server};
pub(crate) use topic::Topic;

/// How many events of a topic are kept that tells how things are, for who comes back after a moment.
pub(crate) const KEPT: usize = 512;

/// What pages listen to that is there all the time.
pub(crate) struct Live {
    /// All servers.
    pub(crate) overview: Topic,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            overview: Topic::new(KEPT),
        }
    }
}
