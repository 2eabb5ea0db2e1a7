//! The state over whole days of events: as they should come, and as they do.

#![allow(clippy::panic, clippy::unwrap_used)]

mod agents;
mod callers;
mod days;
mod measure;
mod restart;

use super::*;
use crate::analytics::figures::ServiceLevel;
use crate::analytics::model::{AgentState, Call, Moment, Outcome, QueueId, SessionId, TenantId};
use crate::analytics::read::{
    AgentUpdate, Callback, CallerChange, CallerReason, CallerUpdate, Message, QueueSettings,
    QueueStatus, Source, StatusOfAgents, StatusOfCallers, Waiting, message,
};

const TENANT: TenantId = TenantId(1);
/// 2023-11-14T10:00:00Z
const TEN: u32 = 1_699_956_000;

fn at(second: u32) -> Moment {
    Moment::new(TEN + second).unwrap()
}

fn seen(position: u64, second: u32) -> Seen {
    Seen {
        position,
        source: Source::Wsi,
        now: at(second),
    }
}

/// Queues 8000 and 8001 with the identifiers 80 and 81, a limit of 20 s, and no agents.
fn board() -> Board {
    let mut board = Board::default();
    for (number, id) in [("8000", 80), ("8001", 81)] {
        let settings = QueueSettings {
            number: number.into(),
            name: format!("Queue {number}").into(),
            sla: 20,
            max_wait: Some(300),
            callback: true,
        };
        board.set_queue(TENANT, &settings, at(0));
        board.apply(&status(id, number, &[], &[]), seen(0, 0));
    }
    board
}

fn status(
    id: u64,
    number: &str,
    waiting: &[(u64, u32)],
    agents: &[(&str, AgentState, u32)],
) -> Message {
    Message::Queue(Box::new(QueueStatus {
        tenant: TENANT,
        queue: QueueId(id),
        number: number.into(),
        name: "Sales".into(),
        waiting: waiting
            .iter()
            .map(|(session, since)| Waiting {
                session: SessionId(*session),
                caller: "555".into(),
                name: "".into(),
                since: at(*since),
                callback: Callback::No,
            })
            .collect(),
        agents: agents
            .iter()
            .map(|(agent, state, since)| agent_is(agent, state.clone(), *since))
            .collect(),
    }))
}

fn agent_is(agent: &str, state: AgentState, since: u32) -> AgentUpdate {
    AgentUpdate {
        agent: agent.into(),
        state,
        reason: "".into(),
        session: None,
        caller: "".into(),
        caller_name: "".into(),
        since: Some(at(since)),
    }
}

fn agents(id: u64, updates: &[(&str, AgentState, u32)]) -> Message {
    Message::Agents(StatusOfAgents {
        tenant: TENANT,
        queue: QueueId(id),
        updated: updates
            .iter()
            .map(|(agent, state, since)| agent_is(agent, state.clone(), *since))
            .collect(),
        removed: Vec::new(),
    })
}

fn caller(id: u64, session: u64, change: CallerChange, second: u32) -> Message {
    caller_of(id, session, change, second, Callback::No)
}

fn caller_of(
    id: u64,
    session: u64,
    change: CallerChange,
    second: u32,
    callback: Callback,
) -> Message {
    Message::Callers(StatusOfCallers {
        tenant: TENANT,
        queue: QueueId(id),
        callers: vec![CallerUpdate {
            session: SessionId(session),
            caller: format!("555{session}").into(),
            name: "".into(),
            reason: CallerReason::Known(change),
            at: at(second),
            callback,
        }],
    })
}

/// The record of a call that was in this queue from one second to another, and answered there or not.
fn record(session: u64, queue: &str, entered: u32, left: u32, talk: Option<u32>) -> Message {
    let leg = |callee: &str, start: u32, answered: u32, end: u32, reason: &str| {
        let time = |second: u32| if second == 0 { 0 } else { TEN + second };
        format!(
            r#"{{"callee":"{callee}","call_type":"queue_call","start_time":{},"answered_time":{},"ended_time":{},"end_reason":"{reason}"}}"#,
            TEN + start,
            time(answered),
            TEN + end
        )
    };
    let mut legs = vec![leg(
        queue,
        entered,
        entered.max(1),
        left,
        if talk.is_some() {
            "referred"
        } else {
            "caller_disconnected"
        },
    )];
    if let Some(talk) = talk {
        legs.push(leg("101", entered, left.max(1), left + talk, "none"));
    }
    let json = format!(
        r#"{{"event_type":"call_cdr","tenant_id":1,"session_id":{session},"caller":"555","start_time":{},"ended_time":{},"call_targets":[{}]}}"#,
        TEN + entered,
        TEN + left + talk.unwrap_or(0),
        legs.join(",")
    );
    message(json.as_bytes()).unwrap()
}

fn call_of(message: &Message) -> &Call {
    match message {
        Message::Call(call) => call,
        other => panic!("{other:?}"),
    }
}

fn view(board: &Board, queue: &str, second: u32) -> QueueView {
    board
        .queue(TENANT, queue, ServiceLevel::Offered, at(second))
        .unwrap()
}

/// What must hold of every queue at every instant.
#[track_caller]
fn holds(board: &Board, second: u32) {
    let snapshot = board
        .snapshot(TENANT, ServiceLevel::Offered, at(second))
        .unwrap();
    for queue in snapshot.queues.iter().chain([&snapshot.all]) {
        let today = queue.today;
        assert_eq!(
            queue.offered,
            today.answered
                + today.abandoned
                + today.overflow
                + today.callbacks
                + today.callbacks_failed
                + today.waiting
        );
        assert_eq!(
            today.waiting,
            i64::from(queue.waiting),
            "all of this came today"
        );
        for count in [
            today.answered,
            today.abandoned,
            today.overflow,
            today.callbacks,
            today.callbacks_failed,
            today.waiting,
            today.answered_in_time,
            today.abandoned_in_time,
            today.answered_wait,
            today.abandoned_wait,
            today.talk,
            today.talked,
        ] {
            assert!(count >= 0, "{today:?}");
        }
        assert!(today.answered_in_time <= today.answered && today.talked <= today.answered);
    }
    for queue in &snapshot.queues {
        let listed = board.waiting(TENANT, &queue.number, at(second));
        assert_eq!(listed.len(), usize::try_from(queue.waiting).unwrap());
        assert_eq!(
            listed.first().map_or(0, |first| first.wait),
            queue.longest_wait
        );
    }
    let offered: i64 = snapshot.queues.iter().map(|queue| queue.offered).sum();
    assert_eq!(snapshot.all.offered, offered);
}
