//! Reads events of queues.

use serde::Deserialize;

use super::lenient::{Count, Id, List, Text, When};
use super::queue::{
    AgentUpdate, Callback, CallerChange, CallerReason, CallerUpdate, QueueChange, QueueChanged,
    QueueStatus, SlaBreached, StatusOfAgents, StatusOfCallers, Waiting,
};
use super::{Message, PERSONS, TEXT, Unreadable};
use crate::analytics::model::{AgentState, Moment, QueueId, SessionId, TenantId, plain_word};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire<'a> {
    tenant_id: Id,
    queue_id: Id,
    #[serde(borrow)]
    queue_number: Text<'a>,
    #[serde(borrow)]
    queue_name: Text<'a>,
    #[serde(borrow)]
    waiting_list: List<WireCaller<'a>, PERSONS>,
    #[serde(borrow)]
    updated_callers: List<WireCaller<'a>, PERSONS>,
    #[serde(borrow)]
    agents: List<WireAgent<'a>, PERSONS>,
    #[serde(borrow)]
    updated_agents: List<WireAgent<'a>, PERSONS>,
    #[serde(borrow)]
    removed_agents: List<WireAgent<'a>, PERSONS>,
    #[serde(borrow)]
    caller: Text<'a>,
    total_callers_breached: Count,
    sla_time_secs: Count,
    waiting_callers: Count,
    timestamp: When,
    time: When,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireCaller<'a> {
    session_id: Id,
    #[serde(borrow)]
    caller_number: Text<'a>,
    #[serde(borrow)]
    caller_name: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow)]
    r#type: Text<'a>,
    timestamp: When,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireAgent<'a> {
    #[serde(borrow)]
    agent_extension_number: Text<'a>,
    #[serde(borrow)]
    state: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    session_id: Id,
    #[serde(borrow)]
    caller_number: Text<'a>,
    #[serde(borrow)]
    caller_name: Text<'a>,
    // The vendor's sample has this spelling.
    #[serde(borrow)]
    calle_name: Text<'a>,
    timestamp: When,
}

impl Wire<'_> {
    fn of<'a>(text: &'a str, event: &'static str) -> Result<(Wire<'a>, TenantId), Unreadable> {
        let wire: Wire<'a> = serde_json::from_str(text)?;
        let tenant = wire.tenant_id.0.ok_or(Unreadable::Missing {
            event,
            key: "tenant_id",
        })?;
        Ok((wire, TenantId(tenant)))
    }

    fn queue(&self, event: &'static str) -> Result<QueueId, Unreadable> {
        self.queue_id.0.map(QueueId).ok_or(Unreadable::Missing {
            event,
            key: "queue_id",
        })
    }
}

impl WireCaller<'_> {
    const EVENT: &'static str = "a caller in a queue";

    fn session(&self) -> Result<SessionId, Unreadable> {
        self.session_id.0.map(SessionId).ok_or(Unreadable::Missing {
            event: Self::EVENT,
            key: "session_id",
        })
    }

    fn at(&self) -> Result<Moment, Unreadable> {
        self.timestamp.0.ok_or(Unreadable::Missing {
            event: Self::EVENT,
            key: "timestamp",
        })
    }

    fn callback(&self) -> Callback {
        let mut plain = [0; 40];
        match plain_word(&self.r#type.0, &mut plain) {
            "callback" => Callback::Yes,
            _ => Callback::No,
        }
    }

    fn reason(&self) -> CallerReason {
        let mut plain = [0; 40];
        CallerReason::Known(match plain_word(&self.reason.0, &mut plain) {
            "enqueue" => CallerChange::Enqueue,
            "agent_answered" => CallerChange::AgentAnswered,
            "overflow" => CallerChange::Overflow,
            "hangup" => CallerChange::Hangup,
            "callback" => CallerChange::Callback,
            _ => return CallerReason::Other(self.reason.cut(TEXT)),
        })
    }
}

impl WireAgent<'_> {
    fn number(&self) -> Result<Box<str>, Unreadable> {
        if self.agent_extension_number.is_empty() {
            return Err(Unreadable::Missing {
                event: "an agent of a queue",
                key: "agent_extension_number",
            });
        }
        Ok(self.agent_extension_number.cut(TEXT))
    }

    fn update(&self) -> Result<AgentUpdate, Unreadable> {
        let name = if self.caller_name.is_empty() {
            &self.calle_name
        } else {
            &self.caller_name
        };
        Ok(AgentUpdate {
            agent: self.number()?,
            state: AgentState::read(&self.state.0),
            reason: self.reason.cut(TEXT),
            session: self.session_id.0.map(SessionId),
            caller: self.caller_number.cut(TEXT),
            caller_name: name.cut(TEXT),
            since: self.timestamp.0,
        })
    }
}

pub(super) fn status(text: &str) -> Result<Message, Unreadable> {
    const EVENT: &str = "queue_status";
    let (wire, tenant) = Wire::of(text, EVENT)?;
    let waiting = wire.waiting_list.0.iter().map(|caller| {
        Ok(Waiting {
            session: caller.session()?,
            caller: caller.caller_number.cut(TEXT),
            name: caller.caller_name.cut(TEXT),
            since: caller.at()?,
            callback: caller.callback(),
        })
    });
    Ok(Message::Queue(Box::new(QueueStatus {
        tenant,
        queue: wire.queue(EVENT)?,
        number: wire.queue_number.cut(TEXT),
        name: wire.queue_name.cut(TEXT),
        waiting: waiting.collect::<Result<_, Unreadable>>()?,
        agents: wire
            .agents
            .0
            .iter()
            .map(WireAgent::update)
            .collect::<Result<_, _>>()?,
    })))
}

pub(super) fn callers(text: &str) -> Result<Message, Unreadable> {
    const EVENT: &str = "queue_caller_status";
    let (wire, tenant) = Wire::of(text, EVENT)?;
    let callers = wire.updated_callers.0.iter().map(|caller| {
        Ok(CallerUpdate {
            session: caller.session()?,
            caller: caller.caller_number.cut(TEXT),
            name: caller.caller_name.cut(TEXT),
            reason: caller.reason(),
            at: caller.at()?,
            callback: caller.callback(),
        })
    });
    Ok(Message::Callers(StatusOfCallers {
        tenant,
        queue: wire.queue(EVENT)?,
        callers: callers.collect::<Result<_, Unreadable>>()?,
    }))
}

pub(super) fn agents(text: &str) -> Result<Message, Unreadable> {
    const EVENT: &str = "queue_agent_status";
    let (wire, tenant) = Wire::of(text, EVENT)?;
    Ok(Message::Agents(StatusOfAgents {
        tenant,
        queue: wire.queue(EVENT)?,
        updated: wire
            .updated_agents
            .0
            .iter()
            .map(WireAgent::update)
            .collect::<Result<_, _>>()?,
        removed: wire
            .removed_agents
            .0
            .iter()
            .map(WireAgent::number)
            .collect::<Result<_, _>>()?,
    }))
}

pub(super) fn sla_breached(text: &str) -> Result<Message, Unreadable> {
    const EVENT: &str = "queue_sla_breached";
    let (wire, tenant) = Wire::of(text, EVENT)?;
    Ok(Message::SlaBreached(SlaBreached {
        tenant,
        queue: wire.queue(EVENT)?,
        caller: wire.caller.cut(TEXT),
        sla: wire.sla_time_secs.0.unwrap_or(0),
        waiting: wire.waiting_callers.0.unwrap_or(0),
        breached: wire.total_callers_breached.0.unwrap_or(0),
        at: wire.timestamp.0.or(wire.time.0),
    }))
}

pub(super) fn changed(text: &str, change: QueueChange) -> Result<Message, Unreadable> {
    const EVENT: &str = "news of a queue";
    let (wire, tenant) = Wire::of(text, EVENT)?;
    if wire.queue_number.is_empty() {
        return Err(Unreadable::Missing {
            event: EVENT,
            key: "queue_number",
        });
    }
    Ok(Message::QueueChanged(QueueChanged {
        change,
        tenant,
        number: wire.queue_number.cut(TEXT),
    }))
}
