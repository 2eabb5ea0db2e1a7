//! A call and its legs.

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{CallId, Moment, SessionId, TenantId};

words! {
    /// Where a call came from and went to.
    Direction {
        /// From a trunk to the PBX.
        Inbound = 1: "inbound" | "in" | "inbound_call";
        /// From the PBX to a trunk.
        Outbound = 2: "outbound" | "out" | "outbound_call";
        /// Between extensions.
        Internal = 3: "internal" | "ext" | "extension_call";
        /// From a trunk to a trunk.
        InboundOutbound = 4: "inbound_outbound" | "in2out" | "inbound_outbound_call";
    }
}

words! {
    /// What became of a call, or of a leg.
    CallStatus {
        /// It was answered.
        Answered = 1: "answered";
        /// It was not.
        NoAnswer = 2: "noanswer" | "no_answer";
        /// It could not be put through.
        Failed = 3: "fail" | "failed";
        /// It has not ended yet, as far as is known.
        Open = 4: "open";
    }
}

words! {
    /// Why a call or leg ended.
    EndReason {
        /// Not told.
        None = 1: "none" | "";
        /// The caller hung up.
        CallerDisconnected = 2: "caller_disconnected" | "caller_disconnect";
        /// The called party hung up.
        CalleeDisconnected = 3: "callee_disconnected" | "callee_disconnect";
        /// An attended transfer or a pick-up took its place.
        Replaced = 4: "replaced";
        /// It was passed on blindly.
        Referred = 5: "referred";
        /// It was redirected by the called party.
        Redirected = 6: "redirected";
        /// A blind transfer was completed.
        BlindTransfer = 7: "blind_transfer_completed" | "blind_transfer_complete";
        /// An attended transfer was completed.
        AttendedTransfer = 8: "attended_transfer_completed" | "attended_transfer_complete" | "consult_transfer_completed" | "consult_transfer_complete";
        /// The caller gave up before an answer.
        Cancelled = 9: "cancelled" | "canceled";
    }
}

words! {
    /// Why a call went elsewhere.
    RerouteReason {
        /// It did not, or it is not told.
        None = 1: "none" | "";
        /// It was transferred.
        Transfer = 2: "transfer";
        /// A queue's longest wait was over.
        Overflow = 3: "overflow";
        /// There was no room.
        CapacityBlocked = 4: "capacity_blocked";
        /// The caller left a queue by its exit.
        QueueExit = 5: "queue_exit";
        /// The caller gave up in a queue.
        QueueAbandoned = 6: "queue_abandoned";
        /// It was redirected.
        Redirect = 7: "redirect";
        /// Forwarded always.
        ForwardingUnconditional = 8: "forwarding_unconditional";
        /// Forwarded, being busy.
        ForwardingBusy = 9: "forwarding_busy";
        /// Forwarded without an answer.
        ForwardingNoAnswer = 10: "forwarding_no_answer";
        /// Forwarded, not being reachable.
        ForwardingNotReachable = 11: "forwarding_not_reachable";
        /// Forwarded by an exception.
        ForwardingException = 12: "forwarding_exception";
        /// Forwarded at lunch.
        ForwardingLunch = 13: "forwarding_lunch";
        /// Forwarded on a business trip.
        ForwardingBusinessTrip = 14: "forwarding_business_trip";
        /// Forwarded, being away.
        ForwardingAway = 15: "forwarding_away";
        /// Forwarded at night.
        ForwardingNightMode = 16: "forwarding_night_mode";
    }
}

words! {
    /// What a leg is.
    LegKind {
        /// Not told.
        None = 1: "none" | "";
        /// An ordinary call.
        Normal = 2: "normal_call" | "normal";
        /// A call of a queue.
        Queue = 3: "queue_call";
        /// An agent calls back who was in a queue.
        QueueCallback = 4: "queue_callback_call";
        /// A call back that the PBX makes by itself.
        Callback = 5: "callback_call" | "callback";
        /// A call of a ring group.
        RingGroup = 6: "ring_group_call";
    }
}

/// One side of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Party {
    /// Its number.
    pub number: Box<str>,
    /// Its SIP domain.
    pub domain: Box<str>,
    /// The name shown for it.
    pub name: Box<str>,
}

/// One call detail record: a row of `calls`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// Whose call it is.
    pub tenant: TenantId,
    /// The record.
    pub id: CallId,
    /// The call that the record belongs to. A record by REST may not say; then it is the record's own number.
    pub session: SessionId,
    /// When it started.
    pub started: Moment,
    /// When it first rang.
    pub rang: Option<Moment>,
    /// When it was first answered.
    pub answered: Option<Moment>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// Seconds of ringing.
    pub ringing: u32,
    /// Seconds of talk.
    pub talk: u32,
    /// What became of it.
    pub status: CallStatus,
    /// Where from and to.
    pub direction: Direction,
    /// Why it ended.
    pub end_reason: EndReason,
    /// Why it went elsewhere.
    pub reroute_reason: RerouteReason,
    /// The final SIP status, 0 where there is none.
    pub sip_status: u16,
    /// Who called.
    pub caller: Party,
    /// Who was called.
    pub callee: Party,
    /// SIP's Call-ID.
    pub sip_call_id: Box<str>,
    /// The number that was dialled from outside.
    pub did: Box<str>,
    /// The number shown to the outside.
    pub outbound_caller_id: Box<str>,
    /// The trunk.
    pub trunk: Box<str>,
    /// What the REST API was given for the call.
    pub user_data: Box<str>,
    /// What it cost, in millionths, where billing tells: the record's own, else the sum of the legs'.
    pub cost: Option<u64>,
    /// Its legs, in the order of their start.
    pub legs: Vec<Leg>,
}

/// One target of a call: an IVR, a queue, an agent's telephone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leg {
    /// What it is.
    pub kind: LegKind,
    /// The number that was called.
    pub callee: Box<str>,
    /// The number that called.
    pub caller: Box<str>,
    /// The SIP address.
    pub destination: Box<str>,
    /// When it started.
    pub started: Moment,
    /// When it rang.
    pub rang: Option<Moment>,
    /// When it was answered.
    pub answered: Option<Moment>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// Seconds of ringing.
    pub ringing: u32,
    /// Seconds of talk.
    pub talk: u32,
    /// What became of it.
    pub status: CallStatus,
    /// The SIP status, 0 where there is none.
    pub sip_status: u16,
    /// Why it ended.
    pub end_reason: EndReason,
    /// The trunk.
    pub trunk: Box<str>,
    /// What it cost, in millionths.
    pub cost: Option<u64>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_spelling_of_a_direction_is_read() {
        use Direction::{Inbound, InboundOutbound, Internal, Outbound};
        for (spellings, direction) in [
            (["in", "inbound", "INBOUND_CALL"], Inbound),
            (["out", "outbound", "OUTBOUND_CALL"], Outbound),
            (["ext", "internal", "EXTENSION_CALL"], Internal),
            (
                ["in2out", "inbound_outbound", "INBOUND_OUTBOUND_CALL"],
                InboundOutbound,
            ),
        ] {
            for spelling in spellings {
                assert_eq!(Direction::read(spelling), direction, "{spelling}");
            }
        }
    }

    #[test]
    fn an_unknown_word_keeps_its_text() {
        let word = EndReason::read("Struck by lightning");
        assert_eq!(word, EndReason::Other("Struck by lightning".into()));
        assert_eq!((word.code(), word.name()), (0, "Struck by lightning"));
        let long = "x".repeat(1000);
        assert_eq!(EndReason::read(&long).name(), long);
    }
}
