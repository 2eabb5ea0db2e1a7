//! Calls, from events and from records by REST: one reader for all, since their keys differ in spelling only.

use serde::Deserialize;

use super::lenient::{Cost, Count, Id, List, Text, When};
use super::{LEGS, Message, TEXT, USER_DATA, Unreadable};
use crate::analytics::model::{
    Call, CallId, CallStatus, Direction, EndReason, Leg, LegKind, Moment, Party, RerouteReason,
    SessionId, TenantId,
};

/// What a target of a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetEvent {
    /// It is called.
    Add,
    /// It rings.
    Ringing,
    /// It answered.
    Answer,
    /// It rang, and nobody answered.
    NoAnswer,
    /// It could not be reached, or refused.
    Fail,
    /// The talk is over.
    End,
}

/// What a target of a call does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What.
    pub event: TargetEvent,
    /// Whose call.
    pub tenant: TenantId,
    /// The record.
    pub id: CallId,
    /// The call.
    pub session: SessionId,
    /// The SIP address.
    pub destination: Box<str>,
    /// Who called.
    pub caller: Box<str>,
    /// The time in the message.
    pub at: Option<Moment>,
}

/// How far a call is in an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Start,
    Update,
    End,
}

/// A call in every documented spelling.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire<'a> {
    time: When,
    tenant_id: Id,
    session_id: Id,
    cdr_id: Id,
    id: Id,
    #[serde(borrow)]
    call_id: Text<'a>,
    #[serde(borrow)]
    direction: Text<'a>,
    #[serde(borrow)]
    caller: Text<'a>,
    #[serde(borrow)]
    caller_domain: Text<'a>,
    #[serde(borrow)]
    caller_display_name: Text<'a>,
    #[serde(borrow)]
    callee: Text<'a>,
    #[serde(borrow)]
    callee_domain: Text<'a>,
    #[serde(borrow)]
    callee_display_name: Text<'a>,
    #[serde(borrow)]
    did: Text<'a>,
    #[serde(borrow)]
    did_cid: Text<'a>,
    #[serde(borrow)]
    outbound_caller_id: Text<'a>,
    start_time: When,
    started_at: When,
    ring_time: When,
    rang_at: When,
    answered_time: When,
    answered_at: When,
    ended_time: When,
    ended_at: When,
    ring_duration: Count,
    talk_duration: Count,
    duration: Count,
    #[serde(borrow)]
    call_status: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    ended_reason: Text<'a>,
    #[serde(borrow)]
    end_reason: Text<'a>,
    #[serde(borrow)]
    reroute_reason: Text<'a>,
    status_code: Count,
    #[serde(borrow)]
    trunk_name: Text<'a>,
    #[serde(borrow)]
    trunk: Text<'a>,
    #[serde(borrow)]
    user_data: Text<'a>,
    #[serde(borrow)]
    destination: Text<'a>,
    #[serde(borrow)]
    destiantion: Text<'a>,
    cost: Cost,
    #[serde(borrow)]
    call_targets: List<WireLeg<'a>, LEGS>,
}

/// A leg in every documented spelling. Its `id` is of no use: in the vendor's sample all legs have the tenant's.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireLeg<'a> {
    #[serde(borrow)]
    call_type: Text<'a>,
    #[serde(borrow)]
    callee: Text<'a>,
    #[serde(borrow)]
    caller: Text<'a>,
    #[serde(borrow)]
    destination: Text<'a>,
    #[serde(borrow)]
    destiantion: Text<'a>,
    start_time: When,
    ring_time: When,
    answered_time: When,
    ended_time: When,
    ring_duration: Count,
    talk_duration: Count,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    call_status: Text<'a>,
    status_code: Count,
    #[serde(borrow)]
    end_reason: Text<'a>,
    #[serde(borrow)]
    ended_reason: Text<'a>,
    #[serde(borrow)]
    trunk_name: Text<'a>,
    cost: Cost,
}

fn first<'b, 'a>(one: &'b Text<'a>, other: &'b Text<'a>) -> &'b Text<'a> {
    if one.is_empty() { other } else { one }
}

fn sip_status(count: Count) -> u16 {
    count
        .0
        .and_then(|code| u16::try_from(code).ok())
        .unwrap_or(0)
}

fn status(text: &Text<'_>, answered: Option<Moment>, ended: Option<Moment>) -> CallStatus {
    match (text.is_empty(), answered, ended) {
        (false, ..) => CallStatus::read(&text.0),
        (true, _, None) => CallStatus::Open,
        (true, Some(_), _) => CallStatus::Answered,
        (true, None, Some(_)) => CallStatus::NoAnswer,
    }
}

/// Seconds that a message may tell, or that its times do.
fn seconds(told: Option<u32>, from: Option<Moment>, to: Option<Moment>) -> u32 {
    told.or_else(|| Some(to?.since(from?))).unwrap_or(0)
}

impl Wire<'_> {
    /// The call, of this tenant where the message does not say whose it is.
    pub(super) fn call(
        &self,
        event: &'static str,
        tenant: Option<TenantId>,
        stage: Stage,
    ) -> Result<Call, Unreadable> {
        let missing = |key| Unreadable::Missing { event, key };
        let tenant = self.tenant_id.0.map(TenantId).or(tenant);
        let id = self.cdr_id.0.or(self.id.0).or(self.session_id.0);
        let id = id.ok_or(missing("cdr_id and session_id"))?;
        let started = self.start_time.0.or(self.started_at.0).or(match stage {
            Stage::End => None,
            // The documents call the time of these events that at which the call started.
            Stage::Start | Stage::Update => self.time.0,
        });
        let started = started.ok_or(missing("start_time"))?;
        let answered = self.answered_time.0.or(self.answered_at.0);
        let ended = self.ended_time.0.or(self.ended_at.0);
        if stage == Stage::End && ended.is_none() {
            return Err(missing("ended_time"));
        }
        let rang = self.ring_time.0.or(self.rang_at.0);
        let mut legs: Vec<Leg> = self
            .call_targets
            .0
            .iter()
            .map(|leg| leg.leg(started))
            .collect();
        // The same legs in another order are the same call; the sort is stable for those that start together.
        legs.sort_by(|a, b| {
            (
                a.started,
                a.rang,
                a.answered,
                a.ended,
                &a.callee,
                &a.destination,
            )
                .cmp(&(
                    b.started,
                    b.rang,
                    b.answered,
                    b.ended,
                    &b.callee,
                    &b.destination,
                ))
        });
        let of_legs = legs
            .iter()
            .filter_map(|leg| leg.cost)
            .reduce(u64::saturating_add);
        Ok(Call {
            tenant: tenant.ok_or(missing("tenant_id"))?,
            id: CallId(id),
            session: SessionId(self.session_id.0.unwrap_or(id)),
            started,
            rang,
            answered,
            ended,
            ringing: seconds(self.ring_duration.0, rang, answered.or(ended)),
            talk: seconds(self.talk_duration.0.or(self.duration.0), answered, ended),
            status: status(first(&self.call_status, &self.status), answered, ended),
            direction: Direction::read(&self.direction.0),
            end_reason: EndReason::read(&first(&self.ended_reason, &self.end_reason).0),
            reroute_reason: RerouteReason::read(&self.reroute_reason.0),
            sip_status: sip_status(self.status_code),
            caller: party(&self.caller, &self.caller_domain, &self.caller_display_name),
            callee: party(&self.callee, &self.callee_domain, &self.callee_display_name),
            sip_call_id: self.call_id.cut(TEXT),
            did: first(&self.did, &self.did_cid).cut(TEXT),
            outbound_caller_id: self.outbound_caller_id.cut(TEXT),
            trunk: first(&self.trunk_name, &self.trunk).cut(TEXT),
            user_data: self.user_data.cut(USER_DATA),
            cost: self.cost.0.or(of_legs),
            legs,
        })
    }
}

impl WireLeg<'_> {
    fn leg(&self, call_started: Moment) -> Leg {
        let answered = self.answered_time.0;
        let ended = self.ended_time.0;
        let rang = self.ring_time.0;
        let started = self.start_time.0.or(rang).or(answered);
        Leg {
            kind: LegKind::read(&self.call_type.0),
            callee: self.callee.cut(TEXT),
            caller: self.caller.cut(TEXT),
            destination: first(&self.destination, &self.destiantion).cut(TEXT),
            started: started.unwrap_or(call_started),
            rang,
            answered,
            ended,
            ringing: seconds(self.ring_duration.0, rang, answered.or(ended)),
            talk: seconds(self.talk_duration.0, answered, ended),
            status: status(first(&self.status, &self.call_status), answered, ended),
            sip_status: sip_status(self.status_code),
            end_reason: EndReason::read(&first(&self.end_reason, &self.ended_reason).0),
            trunk: self.trunk_name.cut(TEXT),
            cost: self.cost.0,
        }
    }
}

fn party(number: &Text<'_>, domain: &Text<'_>, name: &Text<'_>) -> Party {
    Party {
        number: number.cut(TEXT),
        domain: domain.cut(TEXT),
        name: name.cut(TEXT),
    }
}

pub(super) fn call(text: &str, stage: Stage) -> Result<Message, Unreadable> {
    let wire: Wire<'_> = serde_json::from_str(text)?;
    let event = match stage {
        Stage::Start => "call_start",
        Stage::Update => "call_update_info",
        Stage::End => "call_cdr",
    };
    Ok(Message::Call(Box::new(wire.call(event, None, stage)?)))
}

pub(super) fn target(text: &str, event: &str) -> Result<Message, Unreadable> {
    let kind = match event {
        "target_add" => TargetEvent::Add,
        "target_ringing" => TargetEvent::Ringing,
        "target_answer" => TargetEvent::Answer,
        "target_noanswer" => TargetEvent::NoAnswer,
        "target_fail" => TargetEvent::Fail,
        "target_end" => TargetEvent::End,
        other => return Ok(Message::Unused(other.into())),
    };
    let wire: Wire<'_> = serde_json::from_str(text)?;
    let missing = |key| Unreadable::Missing {
        event: "an event of a target",
        key,
    };
    let id = wire.cdr_id.0.or(wire.session_id.0);
    let id = id.ok_or(missing("cdr_id and session_id"))?;
    Ok(Message::Target(Box::new(Target {
        event: kind,
        tenant: TenantId(wire.tenant_id.0.ok_or(missing("tenant_id"))?),
        id: CallId(id),
        session: SessionId(wire.session_id.0.unwrap_or(id)),
        destination: first(&wire.destination, &wire.destiantion).cut(TEXT),
        caller: wire.caller.cut(TEXT),
        at: wire.time.0,
    })))
}
