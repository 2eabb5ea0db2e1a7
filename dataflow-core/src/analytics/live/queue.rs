//! A queue.

use std::collections::{BTreeMap, BTreeSet};

use super::agent::Member;
use crate::analytics::figures::{Limits, Tally};
use crate::analytics::model::{Moment, QueueId, SessionId};

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) since: Moment,
    pub(super) caller: Box<str>,
    pub(super) name: Box<str>,
}

/// A queue.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    pub(super) id: Option<QueueId>,
    /// Empty while only the identifier is known.
    pub(super) number: Box<str>,
    pub(super) name: Box<str>,
    pub(super) limits: Limits,
    /// Today's visits.
    pub(super) day: Tally,
    /// Seconds of today's wrap-up that is over.
    pub(super) wrap_up: u32,
    /// Who waits on the line.
    pub(super) waiting: BTreeMap<SessionId, Person>,
    /// Who waits for a call back.
    pub(super) callbacks: BTreeSet<SessionId>,
    /// By the agents' places.
    pub(super) members: BTreeMap<u32, Member>,
    /// Since when news may be missing.
    pub(super) stale: Option<Moment>,
    /// Whether it was removed; today's counts stay.
    pub(super) gone: bool,
}
