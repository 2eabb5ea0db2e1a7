//! The visits to queues that a call's legs tell of. The PBX has no record of visits, so these rules are ours:
//!
//! - A leg to a queue's number is a visit. It begins when that leg starts, since the queue takes the call at once.
//! - Legs to others that start while it lasts are its attempts: agents who were rung. An agent whose several telephones ring in the same
//!   second is rung once.
//! - The first attempt that was answered ends the waiting. Without one the waiting ends with the queue's leg, and the outcome is read, in
//!   this order, from: a call back among the legs; the reason of rerouting; whether the call went on elsewhere; who hung up.
//! - A caller who leaves by the queue's exit counts as overflow: the queue sent them elsewhere.

use super::model::{Call, EndReason, Leg, LegKind, Moment, Outcome, QueueVisit, RerouteReason};

/// How a visit counts that ends since the caller has waited for the longest time allowed, and the queue has no other place to send them.
/// The vendor's documents say both; where the call says which it was, that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MaxWait {
    /// As abandoned.
    #[default]
    Abandoned,
    /// As overflow.
    Overflow,
}

/// The visits of a call that has ended; none of one that has not. `is_queue` knows the numbers of the tenant's queues.
pub fn visits(call: &Call, is_queue: impl Fn(&str) -> bool, max_wait: MaxWait) -> Vec<QueueVisit> {
    let Some(call_ended) = call.ended else {
        return Vec::new();
    };
    let queue_legs = call.legs.iter().filter(|leg| is_queue(&leg.callee));
    let visits = queue_legs.zip(0_u8..).map(|(leg, place)| {
        // A leg that is told while it lasts has no end; an answer of the queue itself is no answer of an agent.
        let left = leg.ended.unwrap_or(call_ended);
        let attempts: Vec<&Leg> = call
            .legs
            .iter()
            .filter(|other| {
                !is_queue(&other.callee) && (leg.started..=left).contains(&other.started)
            })
            // What starts as the queue's leg ends is where the queue sent the call, unless a queue rings it.
            .filter(|other| other.started < left || of_a_queue(other))
            .collect();
        let answer = attempts
            .iter()
            .filter(|other| other.answered.is_some() && other.started <= left);
        let answer = answer.min_by_key(|other| (other.answered, other.started));
        let mut rung: Vec<(&str, Moment)> = attempts
            .iter()
            .map(|other| (&*other.callee, other.started))
            .collect();
        rung.sort_unstable();
        rung.dedup();
        let outcome = match answer {
            Some(answer) if calls_back(answer) => Outcome::Callback,
            Some(_) => Outcome::Answered,
            None => unanswered(call, leg, &attempts, left, max_wait),
        };
        let until = answer.and_then(|answer| answer.answered).unwrap_or(left);
        QueueVisit {
            tenant: call.tenant,
            queue: leg.callee.clone(),
            entered: leg.started,
            call: call.id,
            place,
            session: call.session,
            wait: until.since(leg.started),
            outcome,
            agent: answer
                .map(|answer| answer.callee.clone())
                .unwrap_or_default(),
            attempts: u16::try_from(rung.len()).unwrap_or(u16::MAX),
            ringing: answer.map_or(0, |answer| answer.ringing),
            talk: answer.map_or(0, |answer| answer.talk),
            caller: call.caller.number.clone(),
        }
    });
    visits.collect()
}

fn of_a_queue(leg: &Leg) -> bool {
    matches!(leg.kind, LegKind::Queue | LegKind::QueueCallback)
}

fn calls_back(leg: &Leg) -> bool {
    matches!(leg.kind, LegKind::QueueCallback | LegKind::Callback)
}

fn unanswered(
    call: &Call,
    leg: &Leg,
    attempts: &[&Leg],
    left: Moment,
    max_wait: MaxWait,
) -> Outcome {
    if calls_back(leg) || attempts.iter().any(|attempt| calls_back(attempt)) {
        return Outcome::CallbackFailed;
    }
    match call.reroute_reason {
        RerouteReason::QueueAbandoned => return Outcome::Abandoned,
        RerouteReason::Overflow | RerouteReason::QueueExit => return Outcome::Overflow,
        _ => {}
    }
    let went_on = call.legs.iter().any(|other| {
        !std::ptr::eq(other, leg)
            && other.started >= left
            && !attempts.iter().any(|attempt| std::ptr::eq(*attempt, other))
    });
    match leg.end_reason {
        _ if went_on => Outcome::Overflow,
        EndReason::CallerDisconnected | EndReason::Cancelled => Outcome::Abandoned,
        // The queue itself ended it: the longest wait was over.
        EndReason::CalleeDisconnected => match max_wait {
            MaxWait::Abandoned => Outcome::Abandoned,
            MaxWait::Overflow => Outcome::Overflow,
        },
        EndReason::Referred | EndReason::Redirected | EndReason::BlindTransfer => Outcome::Overflow,
        _ => Outcome::Abandoned,
    }
}

#[cfg(test)]
mod tests;
