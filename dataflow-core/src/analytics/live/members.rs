//! Agents come, turn to something else, and leave.

use std::collections::HashSet;

use super::agent::{Agent, Clock, Member};
use super::board::Changes;
use super::tenant::Tenant;
use crate::analytics::model::{AgentInterval, AgentState, Moment, TenantId};
use crate::analytics::read::AgentUpdate;

impl Tenant {
    /// The agents of a queue but these.
    pub(super) fn members_but(&self, place: u32, these: &HashSet<&str>) -> Vec<Box<str>> {
        let members = self
            .at(place)
            .into_iter()
            .flat_map(|queue| queue.members.keys());
        let agents = members.filter_map(|agent| self.agents.get(usize::try_from(*agent).ok()?));
        agents
            .map(|agent| agent.number.clone())
            .filter(|number| !these.contains(&**number))
            .collect()
    }

    fn agent(&mut self, number: &str) -> u32 {
        if let Some(place) = self.agents_by_number.get(number) {
            return *place;
        }
        let place = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        self.agents.push(Agent {
            number: number.into(),
            name: Box::default(),
            clock: None,
            queues: Vec::new(),
        });
        self.agents_by_number.insert(number.into(), place);
        place
    }

    pub(super) fn agent_is(
        &mut self,
        id: TenantId,
        place: u32,
        update: &AgentUpdate,
        now: Moment,
        changes: &mut Changes,
    ) {
        let agent = self.agent(&update.agent);
        let day = self.day;
        let Some(queue) = self.at_mut(place) else {
            return;
        };
        let Some(member) = queue.members.get_mut(&agent) else {
            let at = update.since.unwrap_or(now);
            let member = Member {
                clock: Clock::new(update.state.clone(), at),
                reason: update.reason.clone(),
                session: update.session,
                caller: update.caller.clone(),
                caller_name: update.caller_name.clone(),
                after_call: update.state == AgentState::QueueCall,
            };
            queue.members.insert(agent, member);
            self.overall(agent, Some(place), at);
            changes.agents.push((id, update.agent.clone()));
            return;
        };
        let before = member.clone();
        // Without a time it is so since it was first seen so.
        let same = member.clock.state == update.state;
        let at = update
            .since
            .unwrap_or(if same { member.clock.since } else { now });
        if at < member.clock.since
            || at == member.clock.since && update.state.code() < member.clock.state.code()
        {
            return;
        }
        let turned = member.clock.turn(&update.state, at, &day);
        member.reason = update.reason.clone();
        member.session = update.session;
        member.caller = update.caller.clone();
        member.caller_name = update.caller_name.clone();
        if !turned && *member == before {
            return;
        }
        if turned {
            member.after_call = match update.state {
                AgentState::QueueCall => true,
                AgentState::WrapUp => before.after_call,
                _ => false,
            };
            self.over(id, place, &update.agent, &before, at, changes);
            self.overall(agent, None, at);
        }
        self.heard(at);
        changes.agents.push((id, update.agent.clone()));
    }

    pub(super) fn agent_left(
        &mut self,
        id: TenantId,
        place: u32,
        number: &str,
        now: Moment,
        changes: &mut Changes,
    ) {
        let Some(agent) = self.agents_by_number.get(number).copied() else {
            return;
        };
        let Some(member) = self
            .at_mut(place)
            .and_then(|queue| queue.members.remove(&agent))
        else {
            return;
        };
        self.over(
            id,
            place,
            number,
            &member,
            now.max(member.clock.since),
            changes,
        );
        if let Some(agent) = usize::try_from(agent)
            .ok()
            .and_then(|agent| self.agents.get_mut(agent))
        {
            agent.queues.retain(|other| *other != place);
        }
        self.overall(agent, None, now);
        changes.agents.push((id, number.into()));
    }

    /// A stretch of an agent's time in a queue is over.
    fn over(
        &mut self,
        id: TenantId,
        place: u32,
        agent: &str,
        was: &Member,
        until: Moment,
        changes: &mut Changes,
    ) {
        let day = self.day;
        let Some(queue) = self.at_mut(place) else {
            return;
        };
        if was.clock.state == AgentState::WrapUp && was.after_call {
            queue.wrap_up += day.overlap(was.clock.since, until);
        }
        if was.clock.since < until {
            changes.intervals.push(AgentInterval {
                tenant: id,
                agent: agent.into(),
                queue: queue.number.clone(),
                state: was.clock.state.clone(),
                reason: was.reason.clone(),
                since: was.clock.since,
                until,
                session: was.session,
            });
        }
    }

    /// What an agent is at over all queues, from then on; `joined` is one that is new.
    fn overall(&mut self, place: u32, joined: Option<u32>, at: Moment) {
        let day = self.day;
        let Some(at_place) = usize::try_from(place).ok() else {
            return;
        };
        let Some(agent) = self.agents.get_mut(at_place) else {
            return;
        };
        agent
            .queues
            .extend(joined.filter(|joined| !agent.queues.contains(joined)));
        let queues = agent.queues.clone();
        let members = queues
            .iter()
            .filter_map(|queue| self.at(*queue)?.members.get(&place));
        let busiest = members
            .map(|member| &member.clock.state)
            .max_by_key(|state| state.code());
        let state = busiest.cloned().unwrap_or(AgentState::LoggedOut);
        if let Some(agent) = self.agents.get_mut(at_place) {
            match &mut agent.clock {
                Some(clock) => clock.set(&state, at, &day),
                None => agent.clock = Some(Clock::new(state, at)),
            }
        }
    }
}
