//! What is read of each documented message, and that whatever comes, the reader stands.

#![allow(clippy::panic, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use insta::assert_debug_snapshot;
use proptest::prelude::*;

use super::samples::*;
use super::*;
use crate::analytics::model::{Direction, EndReason, Moment, TenantId};

#[test]
fn every_documented_message_is_read() {
    assert_debug_snapshot!("messages", READABLE.map(|text| message(text.as_bytes())));
}

#[test]
fn what_is_no_message_is_told_with_its_reason() {
    let deep = "[".repeat(10_000);
    let many = format!(
        r#"{{"event_type":"call_cdr","call_targets":[{}]}}"#,
        vec!["{}"; LEGS + 1].join(",")
    );
    let told = [
        QUEUE_STATUS_BROKEN,
        EXTENSION_DOUBLED,
        "",
        "{}",
        "[]",
        "null",
        r#"{"event_type":"call_cdr""#,
        r#"{"event_type":"call_cdr","session_id":"1","tenant_id":"2","start_time":"1725845648"}"#,
        r#"{"event_type":"call_cdr","session_id":"1","tenant_id":"2","ended_time":"1725845648"}"#,
        r#"{"event_type":"call_cdr","tenant_id":"2","start_time":"1725845648"}"#,
        r#"{"event_type":"call_cdr","session_id":"1","start_time":"1725845648","ended_time":"1725845648"}"#,
        r#"{"event_type":"call_cdr","session_id":"one"}"#,
        r#"{"event_type":"call_cdr","talk_duration":-3}"#,
        r#"{"event_type":"queue_status","tenant_id":1}"#,
        r#"{"event_type":"queue_caller_status","tenant_id":1,"queue_id":2,"updated_callers":[{"timestamp":1725845648}]}"#,
        r#"{"command":"auth","status":"yes"}"#,
        r#"{"command":"auth"}"#,
        &deep,
        &many,
    ]
    .map(|text| match message(text.as_bytes()) {
        Ok(message) => panic!("{text} was read as {message:?}"),
        Err(error) => error.to_string(),
    });
    assert_debug_snapshot!("unreadable", told);
    assert!(message(b"{\"event_type\":\"call_\xff\"}").is_err());
    assert!(message(&vec![b' '; MESSAGE_LIMIT + 1]).is_err());
}

#[test]
fn an_event_that_the_engine_has_no_use_for_is_none_to_complain_of() {
    let text = r#"{"event_type":"extension_presence","presence":"AWAY"}"#;
    assert_eq!(
        message(text.as_bytes()),
        Ok(Message::Unused("extension_presence".into()))
    );
}

#[test]
fn both_names_of_an_event_of_a_target_are_read() {
    let newer = TARGET.replace("cdr_target_answer", "target_answer");
    assert_eq!(message(newer.as_bytes()), message(TARGET.as_bytes()));
}

#[test]
fn a_page_of_records_keeps_those_apart_that_cannot_be_read() {
    let json = format!(r#"{{"count": 2, "items": [{RECORD}, {{"id": "x"}}]}}"#);
    let page = calls(TenantId(5), json.as_bytes()).unwrap();
    assert_eq!((page.count, page.unreadable.len()), (Some(2), 1));
    let call = page.calls.first().unwrap();
    assert_eq!(call.started.seconds(), 1_725_845_648);
    assert_eq!(call.ended.map(Moment::seconds), Some(1_725_845_660));
    assert_eq!(
        (&call.direction, &call.end_reason),
        (&Direction::Internal, &EndReason::CallerDisconnected)
    );
    assert_eq!(
        (&*call.did, call.sip_status, call.answered, call.talk),
        ("18005550", 486, None, 0)
    );
    assert_eq!(call.tenant, TenantId(5));

    let one = calls(TenantId(5), RECORD.as_bytes()).unwrap();
    assert_eq!(one.calls, page.calls);
    assert!(
        calls(TenantId(5), br#"{"count": 0, "items": []}"#)
            .unwrap()
            .calls
            .is_empty()
    );
}

#[test]
fn the_settings_of_a_queue_are_read() {
    let json = br#"{"id":"1","name":"Sales","extension_number":"8001","sla_time":30,"max_waiting_time":"300","enable_callback":false}"#;
    assert_debug_snapshot!(queue_settings(json).unwrap(), @r#"
    QueueSettings {
        number: "8001",
        name: "Sales",
        sla: 30,
        max_wait: Some(
            300,
        ),
        callback: false,
    }
    "#);
}

#[test]
fn a_webhook_names_its_event() {
    let uuid = "2b1c6a60-3c2f-4d4f-9df5-0d9f7a1f0c11";
    let (by_header, _) = webhook(Some(uuid), CDR.as_bytes());
    assert_eq!(by_header.to_string(), uuid);
    let inside = CDR.replacen('{', &format!("{{\"uuid\": \"{uuid}\","), 1);
    assert_eq!(webhook(None, inside.as_bytes()).0, by_header);
    assert_eq!(webhook(Some("no uuid"), inside.as_bytes()).0, by_header);
    // Without one, a copy is the same event, and another message is not.
    let (by_content, message) = webhook(None, CDR.as_bytes());
    assert_eq!(by_content, webhook(None, CDR.as_bytes()).0);
    assert_ne!(by_content, webhook(None, CALL_START.as_bytes()).0);
    assert!(message.is_ok());
}

/// JSON of the messages' own keys with values that may be of any sort.
fn any_message() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "event_type",
        "command",
        "status",
        "session_id",
        "cdr_id",
        "tenant_id",
        "queue_id",
        "queue_number",
        "start_time",
        "ended_time",
        "answered_time",
        "time",
        "timestamp",
        "talk_duration",
        "direction",
        "call_targets",
        "waiting_list",
        "updated_callers",
        "agents",
        "updated_agents",
        "removed_agents",
        "cost",
        "agent_extension_number",
        "state",
        "reason",
        "type",
        "callee",
        "status_code",
        "extension_number",
    ]);
    let event = prop::sample::select(vec![
        "call_start",
        "call_update_info",
        "call_cdr",
        "cdr_target_end",
        "queue_status",
        "queue_caller_status",
        "queue_agent_status",
        "queue_sla_breached",
        "queue_created",
        "extension_created",
        "other",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|yes| yes.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| format!("\"{number}\"")),
        (946_684_800_u32..).prop_map(|time| format!("\"{time}\"")),
        any::<f64>()
            .prop_filter("JSON", |number| number.is_finite())
            .prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        event.clone().prop_map(|text| format!("\"{text}\"")),
    ];
    let value = leaf.prop_recursive(3, 40, 6, move |inner| {
        let object = prop::collection::vec((key.clone(), inner.clone()), 0..6).prop_map(|pairs| {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(key, value)| format!("\"{key}\":{value}"))
                .collect();
            format!("{{{}}}", pairs.join(","))
        });
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|values| format!("[{}]", values.join(","))),
            object,
        ]
    });
    let keys = [
        "session_id",
        "tenant_id",
        "queue_id",
        "start_time",
        "call_targets",
        "waiting_list",
        "updated_agents",
        "talk_duration",
    ];
    (event, prop::collection::vec(value, keys.len())).prop_map(move |(event, values)| {
        let pairs: Vec<_> = keys
            .iter()
            .zip(values)
            .map(|(key, value)| format!("\"{key}\":{value}"))
            .collect();
        format!("{{\"event_type\":\"{event}\",{}}}", pairs.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = message(&bytes);
        let _ = calls(TenantId(1), &bytes);
        let _ = queue_settings(&bytes);
    }

    #[test]
    fn any_values_are_read_or_refused(json in any_message()) {
        let _ = message(json.as_bytes());
        let _ = webhook(Some(&json), json.as_bytes());
        let _ = calls(TenantId(1), json.as_bytes());
    }

    #[test]
    fn a_message_that_breaks_off_is_refused(which in 0..READABLE.len(), part in 0.0..1.0_f64) {
        let text = READABLE[which].trim_end();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let cut = text.floor_char_boundary((text.len() as f64 * part) as usize);
        prop_assert!(message(&text.as_bytes()[..cut]).is_err());
    }

    #[test]
    fn a_message_with_a_byte_changed_is_read_or_refused(which in 0..READABLE.len(), at: prop::sample::Index, byte: u8) {
        let mut bytes = READABLE[which].as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = message(&bytes);
    }
}

/// `cargo test --release -p dataflow-core --features analytics reading_costs -- --ignored --nocapture`
#[test]
#[ignore = "measures; only a release build says anything"]
#[allow(clippy::print_stderr, reason = "it is run to see the figures")]
fn reading_costs_no_more_than_reading_plain_json() {
    // What a function takes, at best: other work on the machine is none of it.
    fn best(read: impl Fn() -> bool) -> Duration {
        const TIMES: u32 = 500;
        let round = || {
            let begun = Instant::now();
            for _ in 0..TIMES {
                assert!(std::hint::black_box(read()));
            }
            begun.elapsed() / TIMES
        };
        (0..200).map(|_| round()).min().unwrap()
    }
    for (name, text) in [
        ("call_cdr", CDR),
        ("call_start", CALL_START),
        ("queue_caller_status", CALLERS),
        ("queue_agent_status", AGENTS),
    ] {
        let bytes = std::hint::black_box(text.as_bytes());
        let ours = best(|| message(bytes).is_ok());
        let plain = best(|| serde_json::from_slice::<serde_json::Value>(bytes).is_ok());
        eprintln!(
            "{name}, {} bytes: {ours:?}; as plain JSON {plain:?}",
            text.len()
        );
        assert!(
            ours < plain * 3 / 2,
            "{name} takes {ours:?}, plain JSON {plain:?}"
        );
    }
}
