//! What each message does to the state.

use std::collections::HashSet;

use super::board::{Board, Changes, Seen};
use super::queue::Person;
use super::stay::Did;
use super::tenant::Tenant;
use crate::analytics::model::{Call, Moment, SessionId, TenantId};
use crate::analytics::read::{
    Callback, CallerChange, CallerReason, CallerUpdate, Extension, ExtensionChange, Message,
    QueueChange, QueueChanged, QueueStatus, StatusOfAgents, StatusOfCallers,
};
use crate::analytics::version::Version;

impl Board {
    /// Takes a message. Every one is to be given, copies too; those of before a restart again from the place of the checkpoint on.
    pub fn apply(&mut self, message: &Message, seen: Seen) -> Changes {
        let mut changes = Changes::default();
        match message {
            Message::Call(call) => self.call(call, seen, &mut changes),
            Message::Queue(status) => self.status(status, seen.now, &mut changes),
            Message::Callers(status) => self.callers(status, seen.now, &mut changes),
            Message::Agents(status) => self.agents(status, seen.now, &mut changes),
            Message::QueueChanged(changed) => self.queue_changed(changed, seen.now, &mut changes),
            Message::Extension(extension) => self.extension(extension, seen.now, &mut changes),
            // A breach says nothing that the waiting list does not; targets are told again by the record.
            Message::Reply(_)
            | Message::Target(_)
            | Message::SlaBreached(_)
            | Message::Unused(_) => {}
        }
        changes
    }

    fn call(&mut self, call: &Call, seen: Seen, changes: &mut Changes) {
        let visits = self.visits(call);
        let version = Version::of(call, seen.source);
        let tenant = self.tenant(call.tenant, seen.now);
        tenant.pass(seen.now);
        tenant.heard(call.ended.unwrap_or(call.started));
        if call.ended.is_none() {
            return;
        }
        // Where an earlier telling had a visit, this one may have none.
        let mut places: HashSet<u32> = visits
            .iter()
            .map(|visit| tenant.queue(None, &visit.queue))
            .collect();
        let known = tenant.stays.get(&call.session).into_iter().flatten();
        places.extend(
            known
                .filter(|(_, stay)| stay.is_settled())
                .map(|(place, _)| *place),
        );
        for place in places {
            let Some(number) = tenant.at(place).map(|queue| queue.number.clone()) else {
                continue;
            };
            let here: Vec<_> = visits
                .iter()
                .filter(|visit| visit.queue == number)
                .collect();
            let person = Person {
                since: call.started,
                caller: call.caller.number.clone(),
                name: call.caller.name.clone(),
            };
            let changed = tenant.change(place, call.session, person, seen.now, |stay| {
                stay.settle(call.id, version, seen.position, &here)
            });
            if changed {
                changes.queues.push((call.tenant, number));
            }
        }
    }

    fn status(&mut self, status: &QueueStatus, now: Moment, changes: &mut Changes) {
        let tenant = self.tenant(status.tenant, now);
        tenant.pass(now);
        let place = tenant.queue(Some(status.queue), &status.number);
        if let Some(queue) = tenant.at_mut(place) {
            queue.name = status.name.clone();
            queue.stale = None;
            queue.gone = false;
        }
        for caller in &status.waiting {
            let person = Person {
                since: caller.since,
                caller: caller.caller.clone(),
                name: caller.name.clone(),
            };
            let did = match caller.callback {
                Callback::No => Did::Enter,
                Callback::Yes => Did::AwaitsCallback,
            };
            tenant.change(place, caller.session, person, now, |stay| {
                stay.found();
                stay.add(caller.since, did);
                true
            });
            tenant.heard(caller.since);
        }
        let listed = |callback| {
            let callers = status
                .waiting
                .iter()
                .filter(move |caller| caller.callback == callback);
            callers
                .map(|caller| caller.session)
                .collect::<HashSet<SessionId>>()
        };
        let (on_the_line, called_back) = (listed(Callback::No), listed(Callback::Yes));
        let queue = tenant.at(place);
        let gone: Vec<(SessionId, Person)> = queue.map_or_else(Vec::new, |queue| {
            let waiting = queue
                .waiting
                .iter()
                .filter(|(session, _)| !on_the_line.contains(session));
            waiting
                .map(|(session, person)| (*session, person.clone()))
                .collect()
        });
        let over: Vec<SessionId> = queue.map_or_else(Vec::new, |queue| {
            queue
                .callbacks
                .iter()
                .filter(|session| !called_back.contains(session))
                .copied()
                .collect()
        });
        for (session, person) in gone {
            let at = now.max(person.since);
            tenant.change(place, session, person, now, |stay| stay.add(at, Did::Lost));
        }
        for session in over {
            let nobody = Person {
                since: now,
                caller: Box::default(),
                name: Box::default(),
            };
            tenant.change(place, session, nobody, now, |stay| {
                stay.add(now, Did::CalledBack)
            });
        }
        let members: HashSet<&str> = status.agents.iter().map(|update| &*update.agent).collect();
        let left: Vec<Box<str>> = tenant.members_but(place, &members);
        for update in &status.agents {
            tenant.agent_is(status.tenant, place, update, now, changes);
        }
        for agent in left {
            tenant.agent_left(status.tenant, place, &agent, now, changes);
        }
        tenant.tell(status.tenant, place, changes);
    }

    fn callers(&mut self, status: &StatusOfCallers, now: Moment, changes: &mut Changes) {
        let tenant = self.tenant(status.tenant, now);
        tenant.pass(now);
        let place = tenant.queue(Some(status.queue), "");
        let mut changed = false;
        for caller in &status.callers {
            tenant.heard(caller.at);
            let Some(did) = did(caller) else { continue };
            let person = Person {
                since: caller.at,
                caller: caller.caller.clone(),
                name: caller.name.clone(),
            };
            changed |= tenant.change(place, caller.session, person, now, |stay| {
                stay.add(caller.at, did)
            });
        }
        if changed {
            tenant.tell(status.tenant, place, changes);
        }
    }

    fn agents(&mut self, status: &StatusOfAgents, now: Moment, changes: &mut Changes) {
        let tenant = self.tenant(status.tenant, now);
        tenant.pass(now);
        let place = tenant.queue(Some(status.queue), "");
        let before = changes.agents.len();
        for update in &status.updated {
            tenant.agent_is(status.tenant, place, update, now, changes);
        }
        for agent in &status.removed {
            tenant.agent_left(status.tenant, place, agent, now, changes);
        }
        if changes.agents.len() > before {
            tenant.tell(status.tenant, place, changes);
        }
    }

    fn queue_changed(&mut self, changed: &QueueChanged, now: Moment, changes: &mut Changes) {
        let tenant = self.tenant(changed.tenant, now);
        let place = tenant.queue(None, &changed.number);
        let destroyed = changed.change == QueueChange::Destroyed;
        if let Some(queue) = tenant.at_mut(place) {
            queue.gone = destroyed;
        }
        if !destroyed {
            changes
                .read_again
                .push((changed.tenant, changed.number.clone()));
        }
        tenant.tell(changed.tenant, place, changes);
    }

    fn extension(&mut self, extension: &Extension, now: Moment, changes: &mut Changes) {
        let tenant = self.tenant(extension.tenant, now);
        // Only of those who are agents.
        let place = tenant.agents_by_number.get(&extension.number).copied();
        let agent = place
            .and_then(|place| usize::try_from(place).ok())
            .and_then(|place| tenant.agents.get_mut(place));
        if let Some(agent) = agent.filter(|agent| agent.name != extension.name)
            && extension.change != ExtensionChange::Destroyed
        {
            agent.name = extension.name.clone();
            changes
                .agents
                .push((extension.tenant, extension.number.clone()));
        }
    }
}

fn did(caller: &CallerUpdate) -> Option<Did> {
    let CallerReason::Known(reason) = &caller.reason else {
        return None;
    };
    Some(match (reason, caller.callback) {
        (CallerChange::Enqueue, Callback::No) => Did::Enter,
        (CallerChange::Enqueue, Callback::Yes) => Did::AwaitsCallback,
        (CallerChange::AgentAnswered, Callback::No) => Did::Answered,
        (CallerChange::AgentAnswered, Callback::Yes) => Did::CalledBack,
        (CallerChange::Overflow, Callback::No) => Did::Overflow,
        (CallerChange::Hangup, Callback::No) => Did::Abandoned,
        (CallerChange::Overflow | CallerChange::Hangup, Callback::Yes) => Did::CallbackFailed,
        (CallerChange::Callback, _) => Did::Callback,
    })
}

impl Tenant {
    /// An event of that time came.
    pub(super) fn heard(&mut self, at: Moment) {
        self.last_event = self.last_event.max(Some(at));
    }

    fn tell(&self, tenant: TenantId, place: u32, changes: &mut Changes) {
        if let Some(queue) = self.at(place) {
            changes.queues.push((tenant, queue.number.clone()));
        }
    }
}
