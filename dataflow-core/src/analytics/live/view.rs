//! The state as it is shown.

use serde::Serialize;

use super::agent::Clock;
use super::board::Board;
use super::queue::Queue;
use super::tenant::Tenant;
use crate::analytics::figures::{ServiceLevel, Tally, longest_wait, staffed};
use crate::analytics::model::{AgentState, Moment, SessionId, TenantId};

/// How many agents are at what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(
    missing_docs,
    reason = "each is the number of agents who are at what its name says"
)]
pub struct States {
    pub total: u32,
    pub staffed: u32,
    pub ready: u32,
    pub queue_call: u32,
    pub other_call: u32,
    pub wrap_up: u32,
    pub not_ready: u32,
    pub logged_out: u32,
    pub offline: u32,
}

/// A queue, or all of a tenant's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueView {
    /// Its number; empty for all of them.
    pub number: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Since when news may be missing.
    pub stale_since: Option<Moment>,
    /// Today's counts and sums.
    pub today: Tally,
    /// Today's visits.
    pub offered: i64,
    /// Callers on the line now, also those who came before today.
    pub waiting: u32,
    /// Callers who wait for a call back.
    pub callbacks_waiting: u32,
    /// Seconds that the one who has waited longest has.
    pub longest_wait: u32,
    /// In percent, by the formula that was asked for.
    pub service_level: Option<f64>,
    /// Seconds.
    pub average_speed_of_answer: Option<f64>,
    /// Seconds.
    pub average_talk: Option<f64>,
    /// Seconds.
    pub average_wrap_up: Option<f64>,
    /// Seconds.
    pub average_handling: Option<f64>,
    /// What its agents are at.
    pub agents: States,
}

/// All queues of a tenant, and each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TenantView {
    /// All together: counts added, averages pooled, each agent once.
    pub all: QueueView,
    /// Each.
    pub queues: Vec<QueueView>,
}

/// A caller who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitingView {
    /// The call.
    pub session: SessionId,
    /// Who.
    pub caller: Box<str>,
    /// The name shown.
    pub name: Box<str>,
    /// Since when.
    pub since: Moment,
    /// Seconds.
    pub wait: u32,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgentView {
    /// The extension.
    pub agent: Box<str>,
    /// The name, where it is known.
    pub name: Box<str>,
    /// What they are at over all queues.
    pub state: AgentState,
    /// Since when.
    pub since: Moment,
    /// Seconds since then.
    pub seconds: u32,
    /// Today's occupancy in percent, without calls that are none of a queue.
    pub occupancy: Option<f64>,
    /// In each queue.
    pub queues: Vec<MemberView>,
}

/// An agent in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberView {
    /// The queue's number.
    pub queue: Box<str>,
    /// What they are at.
    pub state: AgentState,
    /// Why, where told.
    pub reason: Box<str>,
    /// Since when.
    pub since: Moment,
    /// Seconds since then.
    pub seconds: u32,
    /// Who is on the line.
    pub caller: Box<str>,
    /// The name shown for them.
    pub caller_name: Box<str>,
}

impl States {
    fn of<'a>(clocks: impl Iterator<Item = &'a AgentState>) -> Self {
        let mut states = Self::default();
        for state in clocks {
            states.total += 1;
            states.staffed += u32::from(staffed(state));
            match state {
                AgentState::Ready => states.ready += 1,
                AgentState::QueueCall => states.queue_call += 1,
                AgentState::OtherCall => states.other_call += 1,
                AgentState::WrapUp => states.wrap_up += 1,
                AgentState::NotReady => states.not_ready += 1,
                AgentState::LoggedOut => states.logged_out += 1,
                AgentState::Offline => states.offline += 1,
                AgentState::Other(_) => {}
            }
        }
        states
    }
}

impl Queue {
    fn today(&self) -> Tally {
        Tally {
            wrap_up: i64::from(self.wrap_up),
            ..self.day
        }
    }

    fn view(&self, formula: ServiceLevel, now: Moment) -> QueueView {
        let states = self.members.values().map(|member| &member.clock.state);
        let since = self.waiting.values().map(|person| person.since);
        QueueView {
            number: self.number.clone(),
            name: self.name.clone(),
            stale_since: self.stale,
            waiting: number(self.waiting.len()),
            callbacks_waiting: number(self.callbacks.len()),
            longest_wait: longest_wait(since, now),
            agents: States::of(states),
            ..QueueView::of(self.today(), formula)
        }
    }
}

impl QueueView {
    fn of(today: Tally, formula: ServiceLevel) -> Self {
        Self {
            number: Box::default(),
            name: Box::default(),
            stale_since: None,
            offered: today.offered(),
            waiting: 0,
            callbacks_waiting: 0,
            longest_wait: 0,
            service_level: today.service_level(formula),
            average_speed_of_answer: today.average_speed_of_answer(),
            average_talk: today.average_talk(),
            average_wrap_up: today.average_wrap_up(),
            average_handling: today.average_handling(),
            agents: States::default(),
            today,
        }
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Tenant {
    fn agent_view(&self, place: usize, now: Moment) -> Option<AgentView> {
        let agent = self.agents.get(place)?;
        let clock: &Clock = agent.clock.as_ref()?;
        let place = u32::try_from(place).ok()?;
        let queues = agent.queues.iter().filter_map(|queue| {
            let queue = self.at(*queue)?;
            let member = queue.members.get(&place)?;
            Some(MemberView {
                queue: queue.number.clone(),
                state: member.clock.state.clone(),
                reason: member.reason.clone(),
                since: member.clock.since,
                seconds: now.since(member.clock.since),
                caller: member.caller.clone(),
                caller_name: member.caller_name.clone(),
            })
        });
        Some(AgentView {
            agent: agent.number.clone(),
            name: agent.name.clone(),
            state: clock.state.clone(),
            since: clock.since,
            seconds: now.since(clock.since),
            occupancy: clock.time(now, &self.day).occupancy(false),
            queues: queues.collect(),
        })
    }
}

impl Board {
    /// The tenants that are known.
    pub fn tenants(&self) -> impl Iterator<Item = TenantId> {
        self.tenants.keys().copied()
    }

    /// One queue, where it is known.
    pub fn queue(
        &self,
        tenant: TenantId,
        number: &str,
        formula: ServiceLevel,
        now: Moment,
    ) -> Option<QueueView> {
        let tenant = self.tenants.get(&tenant)?;
        let place = tenant.by_number.get(number)?;
        Some(tenant.at(*place)?.view(formula, now))
    }

    /// All queues of a tenant. A queue that was removed is not listed; what it counted today is in the sum.
    pub fn snapshot(
        &self,
        tenant: TenantId,
        formula: ServiceLevel,
        now: Moment,
    ) -> Option<TenantView> {
        let tenant = self.tenants.get(&tenant)?;
        let there = tenant.queues.iter().filter(|queue| !queue.gone);
        let queues: Vec<QueueView> = there
            .clone()
            .map(|queue| queue.view(formula, now))
            .collect();
        let working = tenant
            .agents
            .iter()
            .filter(|agent| !agent.queues.is_empty());
        let states = working
            .filter_map(|agent| agent.clock.as_ref())
            .map(|clock| &clock.state);
        let all = QueueView {
            stale_since: there.clone().filter_map(|queue| queue.stale).min(),
            waiting: queues.iter().map(|queue| queue.waiting).sum(),
            callbacks_waiting: queues.iter().map(|queue| queue.callbacks_waiting).sum(),
            longest_wait: queues
                .iter()
                .map(|queue| queue.longest_wait)
                .max()
                .unwrap_or(0),
            agents: States::of(states),
            ..QueueView::of(tenant.queues.iter().map(Queue::today).sum(), formula)
        };
        Some(TenantView { all, queues })
    }

    /// Who waits in a queue, the longest first.
    pub fn waiting(&self, tenant: TenantId, number: &str, now: Moment) -> Vec<WaitingView> {
        let tenant = self.tenants.get(&tenant);
        let queue = tenant.and_then(|tenant| tenant.at(*tenant.by_number.get(number)?));
        let persons = queue.into_iter().flat_map(|queue| &queue.waiting);
        let mut waiting: Vec<WaitingView> = persons
            .map(|(session, person)| WaitingView {
                session: *session,
                caller: person.caller.clone(),
                name: person.name.clone(),
                since: person.since,
                wait: now.since(person.since),
            })
            .collect();
        waiting.sort_by_key(|waiting| (waiting.since, waiting.session));
        waiting
    }

    /// One agent.
    pub fn agent(&self, tenant: TenantId, number: &str, now: Moment) -> Option<AgentView> {
        let tenant = self.tenants.get(&tenant)?;
        let place = tenant.agents_by_number.get(number)?;
        tenant.agent_view(usize::try_from(*place).ok()?, now)
    }

    /// All agents of a tenant.
    pub fn agents_of(&self, tenant: TenantId, now: Moment) -> Vec<AgentView> {
        let Some(tenant) = self.tenants.get(&tenant) else {
            return Vec::new();
        };
        let places = 0..tenant.agents.len();
        places
            .filter_map(|place| tenant.agent_view(place, now))
            .collect()
    }
}
