//! One tenant: its queues, agents, and what its callers did.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::tz::TimeZone;

use super::agent::Agent;
use super::queue::{Person, Queue};
use super::stay::Stay;
use crate::analytics::MaxWait;
use crate::analytics::figures::{Limits, Tally};
use crate::analytics::model::{Moment, QueueId, SessionId};
use crate::analytics::windows::Window;

/// That of one.
#[derive(Debug)]
pub(super) struct Tenant {
    pub(super) zone: TimeZone,
    pub(super) max_wait: MaxWait,
    /// Who gives up within as many seconds has hardly called.
    pub(super) short: u32,
    pub(super) day: Window,
    pub(super) queues: Vec<Queue>,
    pub(super) by_id: HashMap<QueueId, u32>,
    pub(super) by_number: HashMap<Box<str>, u32>,
    pub(super) agents: Vec<Agent>,
    pub(super) agents_by_number: HashMap<Box<str>, u32>,
    /// By session; a session is in one or two queues.
    pub(super) stays: HashMap<SessionId, Vec<(u32, Stay)>>,
    /// Today's visits that are over and forgotten: copies of what told of them count nothing.
    pub(super) done: HashSet<(u32, SessionId)>,
    /// The time of the last event.
    pub(super) last_event: Option<Moment>,
    swept: Moment,
}

/// A stay that a record has settled is kept that long, for corrections and copies.
const SETTLED_FOR: u32 = 15 * 60;
/// One whose record never comes is kept that long.
const UNSETTLED_FOR: u32 = 12 * 60 * 60;
/// Sessions of one tenant that are kept at most.
const SESSIONS: usize = 200_000;
/// Seconds between looks for what to forget.
const SWEEP: u32 = 60;

impl Tenant {
    pub(super) fn new(zone: TimeZone, now: Moment) -> Self {
        Self {
            day: Window::day(&zone, now),
            zone,
            max_wait: MaxWait::default(),
            short: 0,
            queues: Vec::new(),
            by_id: HashMap::new(),
            by_number: HashMap::new(),
            agents: Vec::new(),
            agents_by_number: HashMap::new(),
            stays: HashMap::new(),
            done: HashSet::new(),
            last_event: None,
            swept: now,
        }
    }

    pub(super) fn at(&self, place: u32) -> Option<&Queue> {
        usize::try_from(place)
            .ok()
            .and_then(|place| self.queues.get(place))
    }

    pub(super) fn at_mut(&mut self, place: u32) -> Option<&mut Queue> {
        usize::try_from(place)
            .ok()
            .and_then(|place| self.queues.get_mut(place))
    }

    /// The place of a queue, which is made where it is not known. It may be known by its identifier, by its number, or by both.
    pub(super) fn queue(&mut self, id: Option<QueueId>, number: &str) -> u32 {
        let known = id.and_then(|id| self.by_id.get(&id).copied());
        let numbered = self.by_number.get(number).copied();
        let place = match (known, numbered) {
            (Some(known), Some(numbered)) if known != numbered => {
                let ours = self.at(numbered).is_some_and(|queue| queue.id.is_none());
                if ours {
                    // First seen by its events, and before that by its settings or counts.
                    self.join(known, numbered);
                    numbered
                } else {
                    known
                }
            }
            (Some(place), _) | (None, Some(place)) => place,
            (None, None) => {
                self.queues.push(Queue {
                    limits: Limits {
                        short: self.short,
                        ..Limits::default()
                    },
                    ..Queue::default()
                });
                u32::try_from(self.queues.len() - 1).unwrap_or(u32::MAX)
            }
        };
        if let Some(id) = id {
            self.by_id.insert(id, place);
        }
        let before = self.at_mut(place).map(|queue| {
            queue.id = id.or(queue.id);
            let before = queue.number.clone();
            if !number.is_empty() {
                queue.number = number.into();
            }
            before
        });
        if !number.is_empty() {
            // It may have another number than before.
            if let Some(before) = before.filter(|before| **before != *number)
                && self.by_number.get(&before) == Some(&place)
            {
                self.by_number.remove(&before);
            }
            self.by_number.insert(number.into(), place);
        }
        place
    }

    /// One queue was taken for two: all of the one is the other's.
    fn join(&mut self, from: u32, to: u32) {
        let old = self.at_mut(from).map(std::mem::take).unwrap_or_default();
        for (place, _) in self.stays.values_mut().flatten() {
            if *place == from {
                *place = to;
            }
        }
        for agent in &mut self.agents {
            for place in agent.queues.iter_mut().filter(|place| **place == from) {
                *place = to;
            }
        }
        let limits = self.at(to).map(|queue| queue.limits).unwrap_or_default();
        let day = self.day;
        if let Some(queue) = self.at_mut(to) {
            queue.wrap_up += old.wrap_up;
            queue.waiting.extend(old.waiting);
            queue.callbacks.extend(old.callbacks);
            queue.members.extend(old.members);
            queue.stale = queue.stale.or(old.stale);
        }
        let moved = self
            .stays
            .values()
            .flatten()
            .filter(|(place, _)| *place == to);
        let moved: Tally = moved.map(|(_, stay)| tally(stay, limits, &day)).sum();
        if let Some(queue) = self.at_mut(to) {
            queue.day += moved;
        }
        if let Some(queue) = self.at_mut(from) {
            queue.gone = true;
        }
    }

    pub(super) fn set_limits(&mut self, place: u32, limits: Limits) {
        let Some(old) = self
            .at(place)
            .map(|queue| queue.limits)
            .filter(|old| *old != limits)
        else {
            return;
        };
        // What is in memory is counted anew; what is not, when it comes from the tables again.
        let day = self.day;
        let stays = self.stays.values().flatten().filter(|(at, _)| *at == place);
        let change: Tally = stays
            .map(|(_, stay)| tally(stay, limits, &day) - tally(stay, old, &day))
            .sum();
        if let Some(queue) = self.at_mut(place) {
            queue.limits = limits;
            queue.day += change;
        }
    }

    /// Changes what is known of a session in a queue, and counts it.
    pub(super) fn change(
        &mut self,
        place: u32,
        session: SessionId,
        person: Person,
        now: Moment,
        change: impl FnOnce(&mut Stay) -> bool,
    ) -> bool {
        if self.done.contains(&(place, session)) {
            return false;
        }
        let day = self.day;
        let Some(limits) = self.at(place).map(|queue| queue.limits) else {
            return false;
        };
        // Nearly all are in one queue.
        let stays = self
            .stays
            .entry(session)
            .or_insert_with(|| Vec::with_capacity(1));
        let at = match stays.iter().position(|(at, _)| *at == place) {
            Some(at) => at,
            None => {
                stays.push((place, Stay::default()));
                stays.len() - 1
            }
        };
        let Some((_, stay)) = stays.get_mut(at) else {
            return false;
        };
        let before = tally(stay, limits, &day);
        if !change(stay) {
            return false;
        }
        stay.touched = Some(now);
        let counted = tally(stay, limits, &day) - before;
        let waits = stay.waits_since();
        let awaits = stay.awaits_callback();
        if let Some(queue) = self.at_mut(place) {
            queue.day += counted;
            match waits {
                Some(since) => {
                    let entry = queue.waiting.entry(session).or_insert(person);
                    entry.since = since;
                }
                None => drop(queue.waiting.remove(&session)),
            }
            if awaits {
                queue.callbacks.insert(session);
            } else {
                queue.callbacks.remove(&session);
            }
        }
        true
    }

    /// True where another day has begun.
    pub(super) fn pass(&mut self, now: Moment) -> bool {
        if now.since(self.swept) >= SWEEP {
            self.swept = now;
            self.forget(now);
        }
        // A clock that was set back does not bring a day back.
        if now < self.day.end {
            return false;
        }
        self.begin_day(Window::day(&self.zone, now));
        true
    }

    pub(super) fn begin_day(&mut self, day: Window) {
        if day == self.day {
            return;
        }
        self.day = day;
        self.done.clear();
        for queue in &mut self.queues {
            queue.day = Tally::default();
            queue.wrap_up = 0;
            for member in queue.members.values_mut() {
                member.clock.new_day();
            }
        }
        for agent in &mut self.agents {
            if let Some(clock) = &mut agent.clock {
                clock.new_day();
            }
        }
        self.count(|_| true);
    }

    /// Adds today's visits of the stays that `which` names to the counts of their queues.
    pub(super) fn count(&mut self, which: impl Fn(&Stay) -> bool) {
        let mut sums: BTreeMap<u32, Tally> = BTreeMap::new();
        for (place, stay) in self
            .stays
            .values()
            .flatten()
            .filter(|(_, stay)| which(stay))
        {
            let limits = self
                .at(*place)
                .map(|queue| queue.limits)
                .unwrap_or_default();
            *sums.entry(*place).or_default() += tally(stay, limits, &self.day);
        }
        for (place, sum) in sums {
            if let Some(queue) = self.at_mut(place) {
                queue.day += sum;
            }
        }
    }

    /// Forgets what is over and settled, or was never settled. What it counted stays counted.
    fn forget(&mut self, now: Moment) {
        let over = |stay: &Stay, settled_for: u32| {
            let age = stay.touched.map_or(u32::MAX, |touched| now.since(touched));
            let limit = if stay.is_settled() {
                settled_for
            } else {
                UNSETTLED_FOR
            };
            age > limit && stay.waits_since().is_none() && !stay.awaits_callback()
        };
        // Where there are too many, copies of what was just settled have to be told from the marks alone.
        let settled_for = if self.stays.len() > SESSIONS {
            0
        } else {
            SETTLED_FOR
        };
        let done = &mut self.done;
        let day = self.day;
        self.stays.retain(|session, stays| {
            stays.retain(|(place, stay)| {
                let forget = over(stay, settled_for);
                if forget && stay.visits().iter().any(|visit| day.has(visit.entered)) {
                    done.insert((*place, *session));
                }
                !forget
            });
            !stays.is_empty()
        });
    }
}

/// Today's visits of a stay.
pub(super) fn tally(stay: &Stay, limits: Limits, day: &Window) -> Tally {
    let visits = stay
        .visits()
        .into_iter()
        .filter(|visit| day.has(visit.entered));
    visits
        .filter_map(|visit| visit.counted())
        .map(|visit| Tally::of(visit, limits))
        .sum()
}
