//! What a caller did in a queue, from events that may come twice, late, or not at all.
//!
//! The events of one session in one queue are kept as a set, and the visits read off them in the order of their times. That makes the order
//! in which they came, and copies, of no effect. In the same second a leaving ends a visit before it begins one.

use serde::{Deserialize, Serialize};

use crate::analytics::figures::Counted;
use crate::analytics::model::{CallId, Moment, Outcome, QueueVisit};
use crate::analytics::version::Version;

/// What a caller did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Did {
    /// Came.
    Enter,
    /// Was answered.
    Answered,
    /// Hung up.
    Abandoned,
    /// Was sent elsewhere.
    Overflow,
    /// Left to be called back.
    Callback,
    /// Waits for the call back, as a queue's list says.
    AwaitsCallback,
    /// The call back was answered.
    CalledBack,
    /// The call back failed.
    CallbackFailed,
    /// Was not in the queue's list any more, and nobody said why.
    Lost,
}

/// One session in one queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stay {
    /// What happened, in the order of time; each once.
    events: Vec<(Moment, Did)>,
    /// What the records of its calls say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    records: Vec<Recorded>,
    /// When something of it was last told.
    pub(super) touched: Option<Moment>,
}

/// The visits that a record tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Recorded {
    call: CallId,
    version: Version,
    /// The place in the journal of the first telling.
    position: u64,
    visits: Vec<Visit>,
}

/// A visit, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Visit {
    pub(super) entered: Moment,
    /// None while the caller waits.
    pub(super) left: Option<Moment>,
    /// None where nobody said.
    pub(super) outcome: Option<Outcome>,
    pub(super) talk: Option<u32>,
}

impl Visit {
    /// What it counts as; nothing where nobody said how it ended.
    pub(super) fn counted(&self) -> Option<Counted> {
        Some(Counted {
            outcome: self.outcome?,
            wait: self.left.map_or(0, |left| left.since(self.entered)),
            talk: self.talk,
        })
    }
}

/// More events than a caller can have.
const EVENTS: usize = 64;

/// The end of a visit by a record and by an event may differ by this many seconds.
const DRIFT: u32 = 2;

impl Stay {
    /// Adds an event; false where it is there already.
    pub(super) fn add(&mut self, at: Moment, did: Did) -> bool {
        let Err(place) = self.events.binary_search(&(at, did)) else {
            return false;
        };
        if self.events.len() >= EVENTS {
            return false;
        }
        self.events.insert(place, (at, did));
        true
    }

    /// The queue's list has it: it was not lost.
    pub(super) fn found(&mut self) {
        self.events.retain(|(_, did)| *did != Did::Lost);
    }

    /// Takes the visits of a record; false where a better telling of the same call is there.
    pub(super) fn settle(
        &mut self,
        call: CallId,
        version: Version,
        position: u64,
        visits: &[&QueueVisit],
    ) -> bool {
        let visits = visits.iter().map(|visit| Visit {
            entered: visit.entered,
            left: Some(visit.entered.plus(visit.wait)),
            outcome: Some(visit.outcome),
            talk: (visit.outcome == Outcome::Answered).then_some(visit.talk),
        });
        let mut recorded = Recorded {
            call,
            version,
            position,
            visits: visits.collect(),
        };
        match self.records.iter_mut().find(|known| known.call == call) {
            Some(known) if known.version >= version => return false,
            Some(known) => {
                recorded.position = known.position;
                *known = recorded;
            }
            None => self.records.push(recorded),
        }
        true
    }

    /// Whether a record told of it.
    pub(super) fn is_settled(&self) -> bool {
        !self.records.is_empty()
    }

    /// Whether its records were told up to that place in the journal.
    pub(super) fn is_settled_by(&self, position: u64) -> bool {
        self.is_settled()
            && self
                .records
                .iter()
                .all(|record| record.position <= position)
    }

    /// The visits: those of the records, and by events those that came after them.
    pub(super) fn visits(&self) -> Vec<Visit> {
        let mut visits: Vec<Visit> = self
            .records
            .iter()
            .flat_map(|record| record.visits.clone())
            .collect();
        let told = visits
            .iter()
            .map(|visit| visit.left.unwrap_or(visit.entered).plus(DRIFT))
            .max();
        let by_events = visits_of(&self.events).into_iter();
        visits.extend(by_events.filter(|visit| told.is_none_or(|told| visit.entered > told)));
        visits
    }

    /// Since when the caller waits, if so.
    pub(super) fn waits_since(&self) -> Option<Moment> {
        let visits = self.visits();
        let open = visits.iter().filter(|visit| visit.left.is_none());
        open.map(|visit| visit.entered).max()
    }

    /// Since when the caller waits for a call back, if so.
    pub(super) fn awaits_callback(&self) -> bool {
        !self.is_settled()
            && self
                .events
                .iter()
                .any(|(_, did)| matches!(did, Did::Callback | Did::AwaitsCallback))
            && !self
                .events
                .iter()
                .any(|(_, did)| matches!(did, Did::CalledBack | Did::CallbackFailed))
    }
}

/// Reads the visits off the events, which are in the order of their times.
fn visits_of(events: &[(Moment, Did)]) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    for second in events.chunk_by(|one, other| one.0 == other.0) {
        let mut leavings = second.iter().filter(|(_, did)| *did != Did::Enter);
        let enters = second.iter().any(|(_, did)| *did == Did::Enter);
        let waits = visits.last().is_some_and(|visit| visit.left.is_none());
        if enters && waits {
            // Left and came again in one second, or came again without having left.
            let left = leavings.next();
            leave(&mut visits, left.copied());
        }
        if let (true, Some((at, _))) = (enters, second.first()) {
            // One that came again without having left: nobody said how the visit before ended.
            if let Some(before) = visits.last_mut().filter(|visit| visit.left.is_none()) {
                before.left = Some(*at);
                before.outcome = None;
            }
            visits.push(Visit {
                entered: *at,
                left: None,
                outcome: Some(Outcome::Waiting),
                talk: None,
            });
        }
        for left in leavings {
            leave(&mut visits, Some(*left));
        }
    }
    visits
}

fn leave(visits: &mut Vec<Visit>, left: Option<(Moment, Did)>) {
    let Some((at, did)) = left else { return };
    let outcome = match did {
        Did::Enter => return,
        Did::Answered => Some(Outcome::Answered),
        Did::Abandoned => Some(Outcome::Abandoned),
        Did::Overflow => Some(Outcome::Overflow),
        Did::Callback | Did::AwaitsCallback | Did::CalledBack => Some(Outcome::Callback),
        Did::CallbackFailed => Some(Outcome::CallbackFailed),
        Did::Lost => None,
    };
    let Some(last) = visits.last_mut() else {
        // A call back whose caller was never seen waiting is a visit all the same; any other leaving waits for its entry.
        if did == Did::AwaitsCallback {
            visits.push(Visit {
                entered: at,
                left: Some(at),
                outcome,
                talk: None,
            });
        }
        return;
    };
    match (last.left, last.outcome) {
        (None, _) => {
            last.left = Some(at);
            last.outcome = outcome;
        }
        // How the call back went: the waiting ended when it was asked for.
        (Some(_), Some(Outcome::Callback)) if matches!(did, Did::CallbackFailed) => {
            last.outcome = outcome;
        }
        // It was thought lost, or came again; only what was lost is told late.
        (Some(left), None) if outcome.is_some() && at >= left => {
            last.left = Some(at);
            last.outcome = outcome;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn at(second: u32) -> Moment {
        Moment::new(1_700_000_000 + second).unwrap()
    }

    fn visits(events: &[(u32, Did)]) -> Vec<(u32, Option<u32>, Option<Outcome>)> {
        let mut stay = Stay::default();
        for (second, did) in events {
            stay.add(at(*second), *did);
        }
        let seconds = |moment: Moment| moment.since(at(0));
        let visits = stay.visits().into_iter();
        visits
            .map(|visit| {
                (
                    seconds(visit.entered),
                    visit.left.map(seconds),
                    visit.outcome,
                )
            })
            .collect()
    }

    #[test]
    fn a_caller_comes_and_leaves() {
        use Did::{Abandoned, Answered, Callback, CallbackFailed, CalledBack, Enter, Lost};
        let waiting = Some(Outcome::Waiting);
        let answered = Some(Outcome::Answered);
        let abandoned = Some(Outcome::Abandoned);
        for (events, wanted) in [
            (&[(1, Enter)][..], &[(1, None, waiting)][..]),
            (&[(1, Enter), (9, Answered)], &[(1, Some(9), answered)]),
            // In the same second.
            (&[(1, Enter), (1, Abandoned)], &[(1, Some(1), abandoned)]),
            // Twice, the second time in the second of the first leaving.
            (
                &[(1, Enter), (5, Abandoned), (5, Enter), (9, Answered)],
                &[(1, Some(5), abandoned), (5, Some(9), answered)],
            ),
            // Nobody said how the first ended.
            (
                &[(1, Enter), (5, Enter)],
                &[(1, Some(5), None), (5, None, waiting)],
            ),
            // A leaving without its entry waits for it.
            (&[(9, Answered)], &[]),
            // A second leaving is of no effect.
            (
                &[(1, Enter), (5, Abandoned), (6, Answered)],
                &[(1, Some(5), abandoned)],
            ),
            (&[(1, Enter), (5, Lost)], &[(1, Some(5), None)]),
            (
                &[(1, Enter), (5, Lost), (7, Answered)],
                &[(1, Some(7), answered)],
            ),
            (
                &[(1, Enter), (5, Callback), (90, CalledBack)],
                &[(1, Some(5), Some(Outcome::Callback))],
            ),
            (
                &[(1, Enter), (5, Callback), (90, CallbackFailed)],
                &[(1, Some(5), Some(Outcome::CallbackFailed))],
            ),
        ] {
            assert_eq!(visits(events), wanted, "{events:?}");
        }
    }

    proptest! {
        #[test]
        fn order_and_copies_of_events_are_of_no_effect(
            events in prop::collection::vec((0_u32..6, prop::sample::select(vec![
                Did::Enter, Did::Answered, Did::Abandoned, Did::Overflow, Did::Callback, Did::CallbackFailed, Did::Lost,
            ])), 0..10),
            seed: u64,
        ) {
            let mut shuffled = [events.clone(), events.iter().take(3).copied().collect()].concat();
            let length = shuffled.len();
            for place in 0..length {
                let other = usize::try_from(seed.rotate_left(u32::try_from(place).unwrap()) % 97).unwrap() % length;
                shuffled.swap(place, other);
            }
            prop_assert_eq!(visits(&events), visits(&shuffled));
        }

        #[test]
        fn at_most_the_last_visit_waits(events in prop::collection::vec((0_u32..6, prop::sample::select(vec![
            Did::Enter, Did::Answered, Did::Abandoned, Did::Lost,
        ])), 0..10)) {
            let visits = visits(&events);
            let before_last = visits.len().saturating_sub(1);
            prop_assert!(visits[..before_last].iter().all(|visit| visit.1.is_some()));
        }
    }
}
