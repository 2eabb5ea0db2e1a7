//! Which of several tellings of a call is the one that counts, by what they say and never by when they came; and the rows of the tables
//! that follow.
//!
//! A call is told many times: as it starts, at its end, again by a resend, by REST, by a correction. Its row is the whole of the telling
//! with the highest [`Version`]: never a mixture, so that every order of the same tellings ends in the same row. Where they differ in the
//! second of its start, the key needs one of them for good: [`canonical_start`] takes it from the identifier, which is the same in all, and
//! [`Known`] remembers it where the identifier does not tell.

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use super::model::{Call, CallId, Moment, Outcome, QueueVisit};
use super::read::Source;

/// How much a telling counts; the higher wins. From the high bits down: how complete it is (3 bits), where it comes from (3), the latest
/// moment in it (32), a hash of its content (26), so that no two differing tellings are equal but by a chance of one in sixty million.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

/// How complete a telling is. One without legs never takes the place of one with legs, whatever its source: records by REST have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Completeness {
    /// The call has not ended.
    Open = 1,
    /// It has ended.
    Ended = 2,
    /// It has ended, and its legs are told.
    Whole = 3,
}

impl Completeness {
    /// How complete this telling is.
    pub fn of(call: &Call) -> Self {
        match (call.ended, call.legs.is_empty()) {
            (None, _) => Self::Open,
            (Some(_), true) => Self::Ended,
            (Some(_), false) => Self::Whole,
        }
    }
}

impl Version {
    /// The version of a call that came from there.
    pub fn of(call: &Call, source: Source) -> Self {
        let completeness = u64::from(Completeness::of(call) as u8);
        // The socket and the webhook tell the same.
        let source = match source {
            Source::Wsi | Source::Webhook => 1,
            Source::Rest => 2,
            Source::RestDetail => 3,
        };
        let legs = call
            .legs
            .iter()
            .flat_map(|leg| [leg.ended, leg.answered, leg.rang]);
        let latest = [call.ended, call.answered, call.rang, Some(call.started)]
            .into_iter()
            .chain(legs)
            .flatten()
            .max()
            .map_or(0, Moment::seconds);
        Self(completeness << 61 | source << 58 | u64::from(latest) << 26 | content_hash(call))
    }
}

/// 26 bits of the content.
fn content_hash(call: &Call) -> u64 {
    // Serialised by this crate's own types in a fixed order of fields: the same content gives the same bytes.
    let bytes = serde_json::to_vec(call).unwrap_or_default();
    let digest: [u8; 20] = Sha1::digest(&bytes).into();
    let [a, b, c, d, ..] = digest;
    u64::from(u32::from_be_bytes([a, b, c, d]) >> 6)
}

/// How far the second in an identifier may be from that in the message, to be taken for the start.
const DRIFT: u32 = 2;

/// The start that the keys of a call have, whoever tells of it: that in its identifier, where the message's is at most two seconds from
/// it, else the message's.
pub fn canonical_start(id: CallId, told: Moment) -> Moment {
    match id.made() {
        Some(made) if made.since(told) <= DRIFT && told.since(made) <= DRIFT => made,
        _ => told,
    }
}

/// What is known of a call that was told before: kept in memory for two days, and read from the tables beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The start in its keys. It stays.
    pub started: Moment,
    /// The version of what is in the tables, or on its way there.
    pub version: Version,
    /// The keys of its visits that count.
    pub visits: Vec<VisitKey>,
}

/// The part of a visit's key that its call does not determine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitKey {
    /// The queue's number.
    pub queue: Box<str>,
    /// When the caller entered.
    pub entered: Moment,
    /// Which visit of the call.
    pub place: u8,
}

/// The rows that a telling comes to. Those of visits are to be written first: a call whose row is there has its visits there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The call, with the start that its key has.
    pub call: Call,
    /// Its version, and that of its visits.
    pub version: Version,
    /// Its visits, and, with the outcome [`Void`](Outcome::Void), those of earlier tellings that it does not have.
    pub visits: Vec<QueueVisit>,
}

/// Settles a telling of a call against what is known of it: the rows to write, and what is known from now on. Nothing is to be written
/// where a better telling is known. The same telling again gives the same rows again, which is harmless and repairs what got lost.
pub fn settle(
    known: Option<&Known>,
    mut call: Call,
    source: Source,
    visits: Vec<QueueVisit>,
) -> Option<(Rows, Known)> {
    let version = Version::of(&call, source);
    if known.is_some_and(|known| known.version > version) {
        return None;
    }
    call.started = known.map_or_else(
        || canonical_start(call.id, call.started),
        |known| known.started,
    );
    let keys: Vec<VisitKey> = visits.iter().map(key).collect();
    let voids = known.into_iter().flat_map(|known| &known.visits);
    let voids = voids.filter(|visit| !keys.contains(visit));
    let voids: Vec<QueueVisit> = voids.map(|visit| void(&call, visit)).collect();
    let now = Known {
        started: call.started,
        version,
        visits: keys,
    };
    let visits = visits.into_iter().chain(voids).collect();
    Some((
        Rows {
            call,
            version,
            visits,
        },
        now,
    ))
}

fn key(visit: &QueueVisit) -> VisitKey {
    VisitKey {
        queue: visit.queue.clone(),
        entered: visit.entered,
        place: visit.place,
    }
}

fn void(call: &Call, key: &VisitKey) -> QueueVisit {
    QueueVisit {
        tenant: call.tenant,
        queue: key.queue.clone(),
        entered: key.entered,
        call: call.id,
        place: key.place,
        session: call.session,
        wait: 0,
        outcome: Outcome::Void,
        agent: Box::default(),
        attempts: 0,
        ringing: 0,
        talk: 0,
        caller: Box::default(),
    }
}

#[cfg(test)]
mod tests;
