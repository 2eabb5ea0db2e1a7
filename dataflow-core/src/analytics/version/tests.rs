//! Whatever the order, the resends and the corrections: the same rows.

#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::analytics::model::{SessionId, TenantId};
use crate::analytics::read::{Message, message};
use crate::analytics::{MaxWait, visits};

const START: u32 = 1_725_845_648;

/// One telling of a call.
#[derive(Debug, Clone)]
struct Telling {
    call: Call,
    source: Source,
}

impl Telling {
    fn visits(&self) -> Vec<QueueVisit> {
        visits(
            &self.call,
            |number| number.starts_with('8'),
            MaxWait::Abandoned,
        )
    }

    fn version(&self) -> Version {
        Version::of(&self.call, self.source)
    }
}

fn telling(source: Source, json: &str) -> Telling {
    match message(json.as_bytes()) {
        Ok(Message::Call(call)) => Telling {
            call: *call,
            source,
        },
        other => panic!("{other:?} of {json}"),
    }
}

/// What tells one row of `calls` from another.
type CallKey = (TenantId, Moment, CallId);
/// What tells one row of `queue_calls` from another.
type VisitsKey = (TenantId, Box<str>, Moment, CallId, u8);

/// The tables, as the database keeps them: for each key the row with the highest version.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tables {
    calls: BTreeMap<CallKey, (Version, Call)>,
    visits: BTreeMap<VisitsKey, (Version, QueueVisit)>,
}

impl Tables {
    fn write(&mut self, rows: &Rows) {
        let call = &rows.call;
        let key = (call.tenant, call.started, call.id);
        keep(&mut self.calls, key, rows.version, call);
        for visit in &rows.visits {
            let key = (
                visit.tenant,
                visit.queue.clone(),
                visit.entered,
                visit.call,
                visit.place,
            );
            keep(&mut self.visits, key, rows.version, visit);
        }
    }

    /// What a query sees.
    fn counted(&self) -> Vec<&QueueVisit> {
        let rows = self.visits.values().map(|(_, visit)| visit);
        rows.filter(|visit| visit.outcome != Outcome::Void)
            .collect()
    }

    /// What the engine finds there of a call that it has forgotten.
    fn known(&self, id: CallId) -> Option<Known> {
        let (version, call) = self.calls.values().find(|(_, call)| call.id == id)?;
        let visits = self
            .counted()
            .into_iter()
            .filter(|visit| visit.call == id)
            .map(key)
            .collect();
        Some(Known {
            started: call.started,
            version: *version,
            visits,
        })
    }
}

fn keep<K: Ord, V: Clone>(
    table: &mut BTreeMap<K, (Version, V)>,
    key: K,
    version: Version,
    row: &V,
) {
    let kept = table.entry(key).or_insert_with(|| (version, row.clone()));
    // Of equal versions the database keeps the one that was written last.
    if version >= kept.0 {
        *kept = (version, row.clone());
    }
}

/// Tells all of it in this order; what is known is forgotten now and then and read from the tables.
fn tell(tellings: &[Telling], forget: &[bool]) -> Tables {
    let mut tables = Tables::default();
    let mut memory: BTreeMap<CallId, Known> = BTreeMap::new();
    for (telling, forget) in tellings.iter().zip(forget.iter().cycle()) {
        if *forget {
            memory.clear();
        }
        let id = telling.call.id;
        let known = memory.get(&id).cloned().or_else(|| tables.known(id));
        let settled = settle(
            known.as_ref(),
            telling.call.clone(),
            telling.source,
            telling.visits(),
        );
        if let Some((rows, known)) = settled {
            tables.write(&rows);
            memory.insert(id, known);
        }
    }
    tables
}

fn source() -> impl Strategy<Value = Source> {
    prop::sample::select(vec![
        Source::Wsi,
        Source::Webhook,
        Source::Rest,
        Source::RestDetail,
    ])
}

/// A telling of one of six calls: as it starts, at its end with or without legs, and with values that differ between them. The identifiers
/// tell the second of the start, as the PBX's do.
fn any_telling() -> impl Strategy<Value = Telling> {
    let leg = (0_u32..3, 0_u32..40, 1_u32..60).prop_map(|(queue, start, lasts)| {
        format!(
            r#"{{"callee":"800{queue}","start_time":{},"ended_time":{},"end_reason":"caller_disconnected"}}"#,
            START + start,
            START + start + lasts
        )
    });
    (0_u64..6, 0_u8..3, 0_u32..3, prop::collection::vec(leg, 0..4), 0_u32..4, source()).prop_map(
        |(which, stage, talk, legs, drift, source)| {
            let id = ((u64::from(START) - 1_514_764_800) * 1000 + 500) << 22 | which;
            // Sources may differ by a second in the start.
            let start = START + drift / 3;
            let head = format!(r#""tenant_id":1,"session_id":{id},"cdr_id":{id},"start_time":{start},"caller":"5""#);
            let json = match stage {
                0 => format!(r#"{{"event_type":"call_start",{head}}}"#),
                1 => format!(r#"{{"event_type":"call_cdr",{head},"ended_time":{},"talk_duration":{talk}}}"#, START + 60),
                _ => format!(
                    r#"{{"event_type":"call_cdr",{head},"ended_time":{},"talk_duration":{talk},"call_targets":[{}]}}"#,
                    START + 100,
                    legs.join(",")
                ),
            };
            telling(source, &json)
        },
    )
}

/// Tellings, and the same ones shuffled with some of them several times.
fn shuffled() -> impl Strategy<Value = (Vec<Telling>, Vec<Telling>, Vec<bool>)> {
    prop::collection::vec(any_telling(), 1..25).prop_flat_map(|tellings| {
        let resends = prop::collection::vec(prop::sample::select(tellings.clone()), 0..15);
        let all = resends.prop_map({
            let tellings = tellings.clone();
            move |resends| [tellings.clone(), resends].concat()
        });
        (
            Just(tellings),
            all.prop_shuffle(),
            prop::collection::vec(any::<bool>(), 1..8),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_order_and_any_resends_end_in_the_same_rows((tellings, others, forget) in shuffled()) {
        let once = tell(&tellings, &[false]);
        let again = tell(&others, &forget);
        prop_assert_eq!(&once.calls, &again.calls);
        prop_assert_eq!(once.counted(), again.counted());
    }

    #[test]
    fn a_call_has_one_row_and_it_is_its_best_telling((tellings, others, forget) in shuffled()) {
        let tables = tell(&others, &forget);
        let mut best: BTreeMap<CallId, &Telling> = BTreeMap::new();
        for telling in &tellings {
            let kept = best.entry(telling.call.id).or_insert(telling);
            if telling.version() > kept.version() {
                *kept = telling;
            }
        }
        prop_assert_eq!(tables.calls.len(), best.len());
        for (_, call) in tables.calls.values() {
            let mut wanted = best[&call.id].call.clone();
            wanted.started = call.started;
            prop_assert_eq!(call, &wanted);
        }
        let mut wanted: Vec<QueueVisit> = best.values().flat_map(|telling| telling.visits()).collect();
        let mut counted: Vec<QueueVisit> = tables.counted().into_iter().cloned().collect();
        wanted.sort_by_key(|visit| (visit.call, key(visit)));
        counted.sort_by_key(|visit| (visit.call, key(visit)));
        prop_assert_eq!(counted, wanted);
    }
}

fn cdr(id: u64, start: u32, legs: &str) -> Telling {
    telling(
        Source::Wsi,
        &format!(
            r#"{{"event_type":"call_cdr","tenant_id":1,"session_id":{id},"start_time":{start},"ended_time":{},"call_targets":[{legs}]}}"#,
            start + 100
        ),
    )
}

#[test]
fn a_telling_is_better_for_what_it_says_in_this_order() {
    let open = telling(
        Source::RestDetail,
        &format!(
            r#"{{"event_type":"call_start","tenant_id":1,"session_id":9,"start_time":{START}}}"#
        ),
    );
    let ended = Telling {
        source: Source::RestDetail,
        ..cdr(9, START, "")
    };
    let leg = format!(r#"{{"callee":"1","start_time":{START},"ended_time":{START}}}"#);
    let whole = cdr(9, START, &leg);
    let by_rest = Telling {
        source: Source::Rest,
        ..whole.clone()
    };
    let with_cost = Telling {
        source: Source::RestDetail,
        ..whole.clone()
    };
    let mut later = with_cost.clone();
    later.call.ended = later.call.ended.map(|ended| ended.plus(1));
    let versions = [&open, &ended, &whole, &by_rest, &with_cost, &later].map(Telling::version);
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    let webhook = Telling {
        source: Source::Webhook,
        ..whole.clone()
    };
    assert_eq!(webhook.version(), whole.version());
}

#[test]
fn legs_in_another_order_are_the_same_telling() {
    let a = format!(r#"{{"callee":"1","start_time":{START},"ended_time":{START}}}"#);
    let b = format!(
        r#"{{"callee":"2","start_time":{},"ended_time":{}}}"#,
        START + 1,
        START + 9
    );
    let one = cdr(9, START, &format!("{a},{b}"));
    let other = cdr(9, START, &format!("{b},{a}"));
    assert_eq!(one.version(), other.version());
    assert_eq!(one.call, other.call);
}

#[test]
fn a_start_that_differs_by_a_second_is_the_one_in_the_identifier() {
    let id = 885_337_248_273_272_832;
    let leg = format!(r#"{{"callee":"1","start_time":{START},"ended_time":{START}}}"#);
    let (one, other) = (cdr(id, START, &leg), cdr(id, START + 1, &leg));
    for order in [[one.clone(), other.clone()], [other, one]] {
        let tables = tell(&order, &[true]);
        let keys: Vec<_> = tables.calls.keys().collect();
        assert_eq!(
            keys,
            [&(TenantId(1), Moment::new(START).unwrap(), CallId(id))]
        );
    }
}

#[test]
fn where_the_identifier_does_not_tell_the_first_start_stays() {
    let (one, other) = (cdr(77, START, ""), cdr(77, START + 1, ""));
    let tables = tell(&[one, other], &[false, true]);
    assert_eq!(tables.calls.len(), 1);
    assert_eq!(tables.calls.keys().next().unwrap().1.seconds(), START);
}

#[test]
fn a_correction_takes_back_the_visit_that_it_does_not_have() {
    let leg = |queue: &str, start: u32| {
        format!(
            r#"{{"callee":"{queue}","start_time":{},"ended_time":{},"end_reason":"none"}}"#,
            START + start,
            START + 50
        )
    };
    let first = cdr(9, START, &leg("8000", 5));
    let mut second = cdr(9, START, &leg("8001", 6));
    second.call.ended = second.call.ended.map(|ended| ended.plus(5));
    let tables = tell(&[first, second], &[false, true]);
    let queues: Vec<&str> = tables.counted().iter().map(|visit| &*visit.queue).collect();
    assert_eq!(queues, ["8001"]);
    assert_eq!(tables.visits.len(), 2, "the other is there, taken back");
    assert!(
        tables
            .calls
            .values()
            .all(|(_, call)| call.session == SessionId(9))
    );
}
