//! What every figure means. This is the one place: the live state counts by it, and the queries follow it.
//!
//! A *visit* is one stay of one call in one queue. `w` is its waiting in whole seconds, from entry to leaving. It counts in the window that
//! its entry is in, whenever it ends. Its outcome is one of: waiting still, answered, abandoned, overflow, callback, callback failed.
//! Averages are pooled: sums over sums, never a mean of averages. A figure that would divide by nothing is `None`, not 0.
//!
//! | figure | definition |
//! |---|---|
//! | [offered](Tally::offered) | all visits; always answered + abandoned + overflow + callbacks + waiting |
//! | [answered](Tally::answered) | visits that an agent answered |
//! | [abandoned](Tally::abandoned) | visits that the caller ended |
//! | [overflow](Tally::overflow) | visits that the queue sent elsewhere |
//! | [callbacks](Tally::callbacks) | visits that ended in a call back that has not failed |
//! | [callbacks failed](Tally::callbacks_failed) | visits that ended in a call back that found nobody |
//! | [waiting](Tally::waiting) | visits that have not ended |
//! | [average speed of answer](Tally::average_speed_of_answer) | Σ w of answered ÷ answered |
//! | [average talk](Tally::average_talk) | Σ talk of answered ÷ answered; a call whose record has not come has no talk yet and is left out of both |
//! | [average wrap-up](Tally::average_wrap_up) | Σ wrap-up after the queue's calls ÷ answered; an answered call without any counts as 0 |
//! | [average handling](Tally::average_handling) | average talk + average wrap-up |
//! | [service level](Tally::service_level) | one of four [formulas](ServiceLevel), with T the queue's limit and S that of a short wait |
//! | [occupancy](AgentTime::occupancy) | (queue call + wrap-up \[+ other call\]) ÷ (logged in − not ready) |
//! | [`staffed`] | agents who are neither offline nor logged out |
//! | [longest wait](longest_wait) | of those who wait now; 0 where nobody does |
//!
//! Over several queues all of these are taken of the added [`Tally`]s. An agent in several queues is one agent: what they are at is the
//! first that holds in any queue of queue call, wrap-up, other call, ready, not ready, logged out, offline.

use std::ops::{Add, AddAssign, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use super::model::{AgentState, Moment, Outcome};

/// How long a caller may wait where the queue does not say, in seconds: what most systems have.
pub const DEFAULT_SLA: u32 = 20;

/// The limits that a tally counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// T: who waits no longer than this many seconds is served in time; it is itself in time.
    pub sla: u32,
    /// S: who gives up within this many seconds has hardly called. 0 is off.
    pub short: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sla: DEFAULT_SLA,
            short: 0,
        }
    }
}

impl Limits {
    /// Those of a queue whose setting is this; 0 is none.
    pub fn of(sla: u32) -> Self {
        Self {
            sla: if sla == 0 { DEFAULT_SLA } else { sla },
            ..Self::default()
        }
    }
}

/// Which service level is meant. Systems differ in what they divide by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceLevel {
    /// Answered in time ÷ (offered − waiting): who gives up counts against it. What the vendor's screens show.
    #[default]
    Offered,
    /// Answered in time ÷ answered.
    Answered,
    /// (Answered in time + abandoned in time) ÷ (answered + abandoned): who gives up in time counts for it.
    InTime,
    /// Answered in time ÷ (offered − waiting − abandoned within S).
    WithoutShort,
}

/// What a tally is made of: one visit as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How it ended.
    pub outcome: Outcome,
    /// Seconds of waiting; of one who waits still, of no meaning.
    pub wait: u32,
    /// Seconds of talk, once the call's record tells them.
    pub talk: Option<u32>,
}

/// Counts and sums of visits. Tallies add up, so that those of several queues, and of several hours, are their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Visits answered.
    pub answered: i64,
    /// Visits abandoned.
    pub abandoned: i64,
    /// Visits sent elsewhere.
    pub overflow: i64,
    /// Call backs that have not failed.
    pub callbacks: i64,
    /// Call backs that have.
    pub callbacks_failed: i64,
    /// Visits that have not ended.
    pub waiting: i64,
    /// Visits answered in time.
    pub answered_in_time: i64,
    /// Visits abandoned in time.
    pub abandoned_in_time: i64,
    /// Visits abandoned within the short wait.
    pub abandoned_short: i64,
    /// Seconds waited by those answered.
    pub answered_wait: i64,
    /// Seconds waited by those who gave up.
    pub abandoned_wait: i64,
    /// Visits answered whose talk is known.
    pub talked: i64,
    /// Seconds of their talk.
    pub talk: i64,
    /// Seconds of wrap-up after the queue's calls.
    pub wrap_up: i64,
}

impl Tally {
    /// That of one visit.
    pub fn of(visit: Counted, limits: Limits) -> Self {
        let mut tally = Self::default();
        let wait = i64::from(visit.wait);
        let in_time = i64::from(visit.wait <= limits.sla);
        match visit.outcome {
            Outcome::Void => {}
            Outcome::Waiting => tally.waiting = 1,
            Outcome::Answered => {
                tally.answered = 1;
                tally.answered_in_time = in_time;
                tally.answered_wait = wait;
                if let Some(talk) = visit.talk {
                    tally.talked = 1;
                    tally.talk = i64::from(talk);
                }
            }
            Outcome::Abandoned => {
                tally.abandoned = 1;
                tally.abandoned_in_time = in_time;
                tally.abandoned_short = i64::from(limits.short > 0 && visit.wait <= limits.short);
                tally.abandoned_wait = wait;
            }
            Outcome::Overflow => tally.overflow = 1,
            Outcome::Callback => tally.callbacks = 1,
            Outcome::CallbackFailed => tally.callbacks_failed = 1,
        }
        tally
    }

    /// All visits.
    pub fn offered(&self) -> i64 {
        self.ended() + self.waiting
    }

    /// The visits that have ended.
    pub fn ended(&self) -> i64 {
        self.answered + self.abandoned + self.overflow + self.callbacks + self.callbacks_failed
    }

    /// Seconds that those answered waited, on average.
    pub fn average_speed_of_answer(&self) -> Option<f64> {
        ratio(self.answered_wait, self.answered)
    }

    /// Seconds that those who gave up waited, on average.
    pub fn average_abandoned_wait(&self) -> Option<f64> {
        ratio(self.abandoned_wait, self.abandoned)
    }

    /// Seconds of talk, on average.
    pub fn average_talk(&self) -> Option<f64> {
        ratio(self.talk, self.talked)
    }

    /// Seconds of wrap-up for each answered call.
    pub fn average_wrap_up(&self) -> Option<f64> {
        ratio(self.wrap_up, self.answered)
    }

    /// Seconds that an answered call takes an agent.
    pub fn average_handling(&self) -> Option<f64> {
        Some(self.average_talk()? + self.average_wrap_up()?)
    }

    /// The service level in percent.
    pub fn service_level(&self, formula: ServiceLevel) -> Option<f64> {
        let (good, all) = match formula {
            ServiceLevel::Offered => (self.answered_in_time, self.ended()),
            ServiceLevel::Answered => (self.answered_in_time, self.answered),
            ServiceLevel::InTime => (
                self.answered_in_time + self.abandoned_in_time,
                self.answered + self.abandoned,
            ),
            ServiceLevel::WithoutShort => {
                (self.answered_in_time, self.ended() - self.abandoned_short)
            }
        };
        ratio(good, all).map(|part| part * 100.0)
    }
}

/// `None` where there is nothing to divide by.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts and seconds are far below 2^53"
)]
fn ratio(sum: i64, number: i64) -> Option<f64> {
    (number > 0).then(|| sum as f64 / number as f64)
}

macro_rules! add_up {
    ($($field:ident)*) => {
        impl AddAssign for Tally {
            fn add_assign(&mut self, other: Self) {
                $(self.$field += other.$field;)*
            }
        }
        impl SubAssign for Tally {
            fn sub_assign(&mut self, other: Self) {
                $(self.$field -= other.$field;)*
            }
        }
    };
}

add_up!(answered abandoned overflow callbacks callbacks_failed waiting answered_in_time abandoned_in_time abandoned_short answered_wait abandoned_wait talked talk wrap_up);

impl Add for Tally {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl Sub for Tally {
    type Output = Self;

    fn sub(mut self, other: Self) -> Self {
        self -= other;
        self
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Add::add)
    }
}

/// Seconds that an agent spent at each thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgentTime {
    seconds: [u32; 8],
}

impl AgentTime {
    /// Adds seconds at this.
    pub fn add(&mut self, state: &AgentState, seconds: u32) {
        if let Some(sum) = self.seconds.get_mut(usize::from(state.code())) {
            *sum = sum.saturating_add(seconds);
        }
    }

    /// Seconds at this; those at anything that is not known are in one sum.
    pub fn at(&self, state: &AgentState) -> u32 {
        self.seconds
            .get(usize::from(state.code()))
            .copied()
            .unwrap_or(0)
    }

    /// Seconds logged in to the queue: all but offline, logged out, and what is not known.
    pub fn logged_in(&self) -> u32 {
        use AgentState::{NotReady, OtherCall, QueueCall, Ready, WrapUp};
        [NotReady, Ready, OtherCall, WrapUp, QueueCall]
            .iter()
            .map(|state| self.at(state))
            .sum()
    }

    /// How much of the time for which they could have had calls they had them, in percent. Calls that are none of a queue count where
    /// `other_calls` says so.
    pub fn occupancy(&self, other_calls: bool) -> Option<f64> {
        let mut busy = self.at(&AgentState::QueueCall) + self.at(&AgentState::WrapUp);
        if other_calls {
            busy += self.at(&AgentState::OtherCall);
        }
        let able = self.logged_in() - self.at(&AgentState::NotReady);
        ratio(i64::from(busy), i64::from(able)).map(|part| part * 100.0)
    }
}

/// Whether an agent who is at this is staffed.
pub fn staffed(state: &AgentState) -> bool {
    !matches!(
        state,
        AgentState::Offline | AgentState::LoggedOut | AgentState::Other(_)
    )
}

/// How long the one who has waited longest has, in seconds.
pub fn longest_wait(since: impl IntoIterator<Item = Moment>, now: Moment) -> u32 {
    since.into_iter().min().map_or(0, |since| now.since(since))
}

#[cfg(test)]
mod tests;
