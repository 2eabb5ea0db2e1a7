//! All tenants.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::tenant::Tenant;
use crate::analytics::figures::{Limits, Tally};
use crate::analytics::model::{AgentInterval, Call, Moment, QueueVisit, TenantId};
use crate::analytics::read::{QueueSettings, Source};
use crate::analytics::windows::Window;
use crate::analytics::{MaxWait, visits};

/// Where and when a message was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Its place in the journal.
    pub position: u64,
    /// Where it came from.
    pub source: Source,
    /// When it came.
    pub now: Moment,
}

/// What a message changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Queues that look different now.
    pub queues: Vec<(TenantId, Box<str>)>,
    /// Agents that do.
    pub agents: Vec<(TenantId, Box<str>)>,
    /// Stretches of agents' time that are over: rows of `agent_intervals`.
    pub intervals: Vec<AgentInterval>,
    /// Queues whose settings are to be read again.
    pub read_again: Vec<(TenantId, Box<str>)>,
}

/// The live state of all tenants.
#[derive(Debug, Default)]
pub struct Board {
    pub(super) tenants: HashMap<TenantId, Tenant>,
}

impl Board {
    /// How a tenant counts: its zone, how a longest wait that is over counts, and within how many seconds who gives up has hardly called.
    pub fn configure(
        &mut self,
        tenant: TenantId,
        zone: TimeZone,
        max_wait: MaxWait,
        short: u32,
        now: Moment,
    ) {
        let tenant = self.tenant(tenant, now);
        tenant.zone = zone;
        tenant.max_wait = max_wait;
        tenant.short = short;
        tenant.begin_day(Window::day(&tenant.zone, now));
    }

    /// The settings of a queue, as read by REST.
    pub fn set_queue(&mut self, tenant: TenantId, settings: &QueueSettings, now: Moment) {
        let tenant = self.tenant(tenant, now);
        let place = tenant.queue(None, &settings.number);
        let limits = Limits {
            short: tenant.short,
            ..Limits::of(settings.sla)
        };
        tenant.set_limits(place, limits);
        if let Some(queue) = tenant.at_mut(place) {
            queue.name = settings.name.clone();
            queue.gone = false;
        }
    }

    /// Whether a number is that of a queue, as far as the PBX has told.
    pub fn is_queue(&self, tenant: TenantId, number: &str) -> bool {
        self.tenants
            .get(&tenant)
            .is_some_and(|tenant| tenant.by_number.contains_key(number))
    }

    /// The visits of a call, by the queues and settings that are known.
    pub fn visits(&self, call: &Call) -> Vec<QueueVisit> {
        let max_wait = self
            .tenants
            .get(&call.tenant)
            .map(|tenant| tenant.max_wait)
            .unwrap_or_default();
        visits(call, |number| self.is_queue(call.tenant, number), max_wait)
    }

    /// The connection of a tenant, or of all, is lost: what is shown may not be so any more.
    pub fn lost(&mut self, tenant: Option<TenantId>, now: Moment) -> Changes {
        let mut changes = Changes::default();
        for (id, state) in self
            .tenants
            .iter_mut()
            .filter(|(id, _)| tenant.is_none_or(|tenant| tenant == **id))
        {
            for queue in state
                .queues
                .iter_mut()
                .filter(|queue| queue.stale.is_none())
            {
                queue.stale = Some(now);
                changes.queues.push((*id, queue.number.clone()));
            }
        }
        changes
    }

    /// Lets time pass: days begin, and what is long over is forgotten. To be called every second or so.
    pub fn tick(&mut self, now: Moment) -> Changes {
        let mut changes = Changes::default();
        for (id, tenant) in &mut self.tenants {
            if tenant.pass(now) {
                changes.queues.extend(
                    tenant
                        .queues
                        .iter()
                        .map(|queue| (*id, queue.number.clone())),
                );
            }
        }
        changes
    }

    /// Takes today's counts from the tables: for each queue the tally of its visits there, `day` being the window that they are of, and
    /// `upto` a place in the journal up to which all that was told is in them. What was told later, or has no record yet, is counted
    /// beside. Nothing happens where another day has begun meanwhile; then it answers false.
    pub fn reconcile(
        &mut self,
        tenant: TenantId,
        day: Window,
        tallies: &HashMap<Box<str>, Tally>,
        upto: u64,
    ) -> bool {
        let Some(tenant) = self
            .tenants
            .get_mut(&tenant)
            .filter(|tenant| tenant.day == day)
        else {
            return false;
        };
        for number in tallies.keys() {
            tenant.queue(None, number);
        }
        for queue in &mut tenant.queues {
            queue.day = tallies.get(&queue.number).copied().unwrap_or_default();
        }
        tenant.count(|stay| !stay.is_settled_by(upto));
        true
    }

    pub(super) fn tenant(&mut self, id: TenantId, now: Moment) -> &mut Tenant {
        self.tenants
            .entry(id)
            .or_insert_with(|| Tenant::new(TimeZone::UTC, now))
    }
}
