//! What the state keeps over a restart.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::agent::{Agent, Member};
use super::board::Board;
use super::queue::{Person, Queue};
use super::stay::Stay;
use super::tenant::Tenant;
use crate::analytics::figures::{Limits, Tally};
use crate::analytics::model::{Moment, QueueId, SessionId, TenantId};
use crate::analytics::windows::Window;

/// What is written every few seconds: the time of agents and their open stretches, visits that no record has settled, and the counts as
/// they are until the tables have been asked. Messages from `position` on are to be applied again after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The place in the journal up to which, and not with which, messages are in it.
    pub position: u64,
    /// When it was made.
    pub taken: Moment,
    /// The tenants.
    pub tenants: Vec<TenantState>,
}

/// The state of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantState {
    /// Which.
    pub tenant: TenantId,
    /// The time of the last event: records are to be read by REST from a little before it.
    pub last_event: Option<Moment>,
    day: Window,
    queues: Vec<QueueState>,
    agents: Vec<Agent>,
    stays: Vec<(SessionId, u32, Stay)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct QueueState {
    id: Option<QueueId>,
    number: Box<str>,
    name: Box<str>,
    limits: Limits,
    day: Tally,
    wrap_up: u32,
    members: Vec<(u32, Member)>,
    waiting: Vec<(SessionId, Moment, Box<str>, Box<str>)>,
    callbacks: Vec<SessionId>,
    gone: bool,
}

impl Board {
    /// The state as of now, `position` being the place of the next message.
    pub fn checkpoint(&self, position: u64, now: Moment) -> Checkpoint {
        let tenants = self
            .tenants
            .iter()
            .map(|(id, tenant)| state_of(*id, tenant));
        let mut tenants: Vec<TenantState> = tenants.collect();
        tenants.sort_by_key(|tenant| tenant.tenant);
        Checkpoint {
            position,
            taken: now,
            tenants,
        }
    }

    /// Takes a checkpoint up. Tenants are to be configured before, so that their day is the right one. All is stale until the PBX has told.
    pub fn restore(&mut self, checkpoint: Checkpoint, now: Moment) {
        for state in checkpoint.tenants {
            let configured = self.tenant(state.tenant, now);
            configured.restore(state, checkpoint.taken, now);
        }
    }
}

fn state_of(id: TenantId, tenant: &Tenant) -> TenantState {
    let stays = tenant.stays.iter().flat_map(|(session, stays)| {
        stays
            .iter()
            .map(|(place, stay)| (*session, *place, stay.clone()))
    });
    let mut stays: Vec<_> = stays.collect();
    stays.sort_by_key(|(session, place, _)| (*session, *place));
    TenantState {
        tenant: id,
        last_event: tenant.last_event,
        day: tenant.day,
        queues: tenant.queues.iter().map(queue_state).collect(),
        agents: tenant.agents.clone(),
        stays,
    }
}

fn queue_state(queue: &Queue) -> QueueState {
    let waiting = queue.waiting.iter();
    QueueState {
        id: queue.id,
        number: queue.number.clone(),
        name: queue.name.clone(),
        limits: queue.limits,
        day: queue.day,
        wrap_up: queue.wrap_up,
        members: queue
            .members
            .iter()
            .map(|(place, member)| (*place, member.clone()))
            .collect(),
        waiting: waiting
            .map(|(session, person)| {
                (
                    *session,
                    person.since,
                    person.caller.clone(),
                    person.name.clone(),
                )
            })
            .collect(),
        callbacks: queue.callbacks.iter().copied().collect(),
        gone: queue.gone,
    }
}

impl Tenant {
    fn restore(&mut self, state: TenantState, taken: Moment, now: Moment) {
        let today = self.day;
        self.day = state.day;
        self.last_event = state.last_event;
        self.queues = state
            .queues
            .into_iter()
            .map(|queue| restored(queue, taken))
            .collect();
        let places = (0_u32..).zip(&self.queues);
        self.by_id = places
            .clone()
            .filter_map(|(place, queue)| Some((queue.id?, place)))
            .collect();
        self.by_number = places
            .filter(|(_, queue)| !queue.number.is_empty())
            .map(|(place, queue)| (queue.number.clone(), place))
            .collect();
        self.agents_by_number = (0_u32..)
            .zip(&state.agents)
            .map(|(place, agent)| (agent.number.clone(), place))
            .collect();
        self.agents = state.agents;
        self.stays = HashMap::new();
        for (session, place, stay) in state.stays {
            self.stays.entry(session).or_default().push((place, stay));
        }
        // Another day, or the same day in another zone.
        if self.day != today {
            self.begin_day(today);
        }
        self.pass(now);
    }
}

fn restored(queue: QueueState, taken: Moment) -> Queue {
    let persons = queue
        .waiting
        .into_iter()
        .map(|(session, since, caller, name)| {
            (
                session,
                Person {
                    since,
                    caller,
                    name,
                },
            )
        });
    Queue {
        id: queue.id,
        number: queue.number,
        name: queue.name,
        limits: queue.limits,
        day: queue.day,
        wrap_up: queue.wrap_up,
        waiting: persons.collect(),
        callbacks: queue.callbacks.into_iter().collect(),
        members: queue.members.into_iter().collect(),
        stale: Some(taken),
        gone: queue.gone,
    }
}
