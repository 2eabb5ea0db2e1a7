//! The visits of calls whose legs say what happened.

#![allow(clippy::panic, clippy::unwrap_used)]

use super::*;
use crate::analytics::read::{Message, message};

/// A call with legs `number kind start-answer-end reason`, in seconds from its own start; `-` is no answer.
fn call(legs: &str, extra: &str) -> Call {
    const START: u32 = 1_700_000_000;
    let time = |text: &str| match text {
        "-" => "0".to_owned(),
        seconds => (START + seconds.parse::<u32>().unwrap()).to_string(),
    };
    let legs: Vec<String> = legs
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [callee, kind, start, answered, ended, reason] = words[..] else {
                panic!("{line}");
            };
            format!(
                r#"{{"callee":"{callee}","call_type":"{kind}","start_time":"{}","answered_time":"{}","ended_time":"{}","end_reason":"{reason}"}}"#,
                time(start),
                time(answered),
                time(ended)
            )
        })
        .collect();
    let json = format!(
        r#"{{"event_type":"call_cdr","tenant_id":1,"session_id":2,"caller":"555","start_time":{START},"ended_time":{},
            "call_targets":[{}]{extra}}}"#,
        START + 1000,
        legs.join(",")
    );
    match message(json.as_bytes()).unwrap() {
        Message::Call(call) => *call,
        other => panic!("{other:?}"),
    }
}

fn of(call: &Call, max_wait: MaxWait) -> Vec<(String, u32, Outcome, String, u16, u32)> {
    visits(call, |number| matches!(number, "8000" | "8001"), max_wait)
        .into_iter()
        .map(|visit| {
            (
                visit.queue.into(),
                visit.wait,
                visit.outcome,
                visit.agent.into(),
                visit.attempts,
                visit.talk,
            )
        })
        .collect()
}

#[track_caller]
fn one(legs: &str, extra: &str, wanted: (u32, Outcome, &str, u16, u32)) {
    let (wait, outcome, agent, attempts, talk) = wanted;
    let wanted = (
        "8000".to_owned(),
        wait,
        outcome,
        agent.to_owned(),
        attempts,
        talk,
    );
    assert_eq!(of(&call(legs, extra), MaxWait::Abandoned), [wanted]);
}

#[test]
fn an_agents_answer_ends_the_waiting() {
    one(
        "5000 normal_call 0 0 7 referred
         8000 normal_call 7 7 14 referred
         102 normal_call 8 14 21 none",
        "",
        (7, Outcome::Answered, "102", 1, 7),
    );
}

#[test]
fn every_agent_who_was_rung_is_an_attempt_and_two_telephones_of_one_are_one() {
    one(
        "8000 queue_call 0 0 60 referred
         101 queue_call 1 - 20 none
         102 queue_call 21 - 40 none
         102 queue_call 21 - 40 none
         103 queue_call 41 60 160 caller_disconnected",
        "",
        (60, Outcome::Answered, "103", 3, 100),
    );
}

#[test]
fn who_hangs_up_while_waiting_has_abandoned() {
    one(
        "8000 queue_call 3 3 33 caller_disconnected
         101 queue_call 4 - 33 cancelled",
        "",
        (30, Outcome::Abandoned, "", 1, 0),
    );
}

#[test]
fn who_goes_on_elsewhere_has_overflowed() {
    one(
        "8000 queue_call 0 0 300 none
         900 normal_call 300 301 400 none",
        "",
        (300, Outcome::Overflow, "", 0, 0),
    );
}

#[test]
fn the_reason_of_rerouting_says_more_than_the_legs() {
    let legs = "8000 queue_call 0 0 300 none";
    for (reason, outcome) in [
        ("QUEUE_ABANDONED", Outcome::Abandoned),
        ("OVERFLOW", Outcome::Overflow),
        ("QUEUE_EXIT", Outcome::Overflow),
    ] {
        one(
            legs,
            &format!(r#","reroute_reason":"{reason}""#),
            (300, outcome, "", 0, 0),
        );
    }
}

#[test]
fn the_longest_wait_counts_as_is_set_where_the_call_does_not_say() {
    let call = call("8000 queue_call 0 0 300 callee_disconnected", "");
    assert_eq!(of(&call, MaxWait::Abandoned)[0].2, Outcome::Abandoned);
    assert_eq!(of(&call, MaxWait::Overflow)[0].2, Outcome::Overflow);
}

#[test]
fn a_call_back_is_one_or_has_failed() {
    one(
        "8000 queue_call 0 0 50 none
         104 queue_callback_call 50 55 90 none",
        "",
        (55, Outcome::Callback, "104", 1, 35),
    );
    one(
        "8000 queue_call 0 0 50 none
         104 queue_callback_call 50 - 90 none",
        "",
        (50, Outcome::CallbackFailed, "", 1, 0),
    );
}

#[test]
fn a_call_that_goes_through_two_queues_visits_both() {
    let call = call(
        "8000 queue_call 0 0 60 none
         101 queue_call 1 - 60 none
         8001 queue_call 60 60 75 none
         201 queue_call 61 75 100 none",
        "",
    );
    assert_eq!(
        of(&call, MaxWait::Abandoned),
        [
            ("8000".into(), 60, Outcome::Overflow, String::new(), 1, 0),
            ("8001".into(), 15, Outcome::Answered, "201".into(), 1, 25),
        ]
    );
}

#[test]
fn a_call_without_a_queue_or_without_an_end_has_no_visits() {
    let mut ordinary = call("101 normal_call 0 5 60 none", "");
    assert!(of(&ordinary, MaxWait::Abandoned).is_empty());
    ordinary = call("8000 queue_call 0 0 60 none", "");
    ordinary.ended = None;
    assert!(of(&ordinary, MaxWait::Abandoned).is_empty());
}
