//! What a restart keeps, and how counts are made right by the tables.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::analytics::figures::{Counted, Limits, Tally};
use crate::analytics::model::QueueVisit;
use crate::analytics::windows::Window;
use CallerChange::{AgentAnswered, Enqueue, Hangup};
use jiff::tz::TimeZone;

fn today() -> Window {
    Window::day(&TimeZone::UTC, at(0))
}

/// What a query of today's visits gives.
fn tallies(visits: &[QueueVisit]) -> HashMap<Box<str>, Tally> {
    let mut tallies: HashMap<Box<str>, Tally> = HashMap::new();
    for visit in visits {
        let counted = Counted {
            outcome: visit.outcome,
            wait: visit.wait,
            talk: (visit.outcome == Outcome::Answered).then_some(visit.talk),
        };
        *tallies.entry(visit.queue.clone()).or_default() += Tally::of(counted, Limits::of(20));
    }
    tallies
}

#[test]
fn after_a_restart_without_anything_kept_the_tables_and_the_queues_list_give_all_but_open_talks() {
    let settled = record(1, "8000", 10, 20, None);
    let mut old = board();
    old.apply(&settled, seen(1, 30));
    old.apply(&caller(80, 2, Enqueue, 40), seen(2, 40));
    let visits = old.visits(call_of(&settled));

    let mut board = board();
    assert!(board.reconcile(TENANT, today(), &tallies(&visits), 2));
    board.apply(&status(80, "8000", &[(2, 40)], &[]), seen(3, 60));
    assert_eq!(view(&board, "8000", 61), {
        old.apply(&status(80, "8000", &[(2, 40)], &[]), seen(3, 60));
        view(&old, "8000", 61)
    });
}

#[test]
fn what_the_tables_have_is_not_counted_twice_and_what_they_lack_is() {
    let mut board = board();
    let (in_tables, not_yet) = (
        record(1, "8000", 10, 20, None),
        record(2, "8000", 30, 35, Some(9)),
    );
    board.apply(&in_tables, seen(5, 21));
    board.apply(&not_yet, seen(6, 45));
    board.apply(&caller(80, 3, Enqueue, 46), seen(7, 46));
    let before = view(&board, "8000", 50);
    let visits = board.visits(call_of(&in_tables));
    assert!(board.reconcile(TENANT, today(), &tallies(&visits), 5));
    assert_eq!(view(&board, "8000", 50), before);
    holds(&board, 50);
}

#[test]
fn a_count_that_went_wrong_is_right_again() {
    let mut board = board();
    let one = record(1, "8000", 10, 20, None);
    let visits = board.visits(call_of(&one));
    // It was told to the engine before this process, which does not know of it.
    assert!(board.reconcile(TENANT, today(), &tallies(&visits), 9));
    assert_eq!(view(&board, "8000", 50).offered, 1);
    // A copy after the restart counts twice, until the tables are asked again.
    board.apply(&one, seen(10, 51));
    assert!(board.reconcile(TENANT, today(), &tallies(&visits), 10));
    assert_eq!(view(&board, "8000", 52).offered, 1);
}

#[test]
fn counts_of_another_day_are_not_taken() {
    let mut board = board();
    let yesterday = Window::day(&TimeZone::UTC, at(0).minus(86_400));
    assert!(!board.reconcile(TENANT, yesterday, &HashMap::new(), 0));
}

#[test]
fn a_checkpoint_of_yesterday_keeps_open_stretches_and_begins_counts_anew() {
    let mut old = board();
    old.apply(&agents(80, &[("101", AgentState::Ready, 10)]), seen(1, 10));
    old.apply(&record(1, "8000", 10, 20, None), seen(2, 21));
    let checkpoint = old.checkpoint(3, at(30));
    let tomorrow = 86_400;
    let mut board = Board::default();
    board.restore(checkpoint, at(tomorrow));
    assert_eq!(view(&board, "8000", tomorrow).offered, 0);
    let changes = board.apply(
        &agents(80, &[("101", AgentState::NotReady, tomorrow)]),
        seen(3, tomorrow),
    );
    assert_eq!(changes.intervals[0].since, at(10));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn begun_again_from_any_checkpoint_it_is_as_if_nothing_had_been(
        events in prop::collection::vec((0_u8..6, 80_u64..82, 1_u64..6, 0_u32..300), 1..40),
        kept: prop::sample::Index,
    ) {
        let messages: Vec<Message> = events
            .iter()
            .map(|(what, queue, session, second)| {
                let number = format!("80{:02}", queue - 80);
                let agent = (100 + session).to_string();
                match what {
                    0 => caller(*queue, *session, Enqueue, *second),
                    1 => caller(*queue, *session, AgentAnswered, *second),
                    2 => caller(*queue, *session, Hangup, *second),
                    3 => record(*session, &number, *second, second + 9, Some(5)),
                    4 => agents(*queue, &[(&agent, AgentState::QueueCall, *second)]),
                    _ => agents(*queue, &[(&agent, AgentState::WrapUp, *second)]),
                }
            })
            .collect();
        let kept = kept.index(messages.len());
        let mut whole = board();
        let mut checkpoint = None;
        let mut intervals = Vec::new();
        for (place, message) in messages.iter().enumerate() {
            if place == kept {
                checkpoint = Some(whole.checkpoint(place as u64, at(300)));
            }
            intervals.extend(whole.apply(message, seen(place as u64, 300)).intervals);
        }
        // As it is written and read.
        let json = serde_json::to_vec(&checkpoint.unwrap()).unwrap();
        let checkpoint: Checkpoint = serde_json::from_slice(&json).unwrap();
        let mut again = Board::default();
        let from = usize::try_from(checkpoint.position).unwrap();
        again.restore(checkpoint, at(300));
        let mut replayed = Vec::new();
        for (place, message) in messages.iter().enumerate().skip(from) {
            replayed.extend(again.apply(message, seen(place as u64, 300)).intervals);
        }
        // Until the PBX has told it again, all is stale; nothing else differs.
        let fresh = |board: &Board| {
            let mut snapshot = board.snapshot(TENANT, ServiceLevel::Offered, at(400)).unwrap();
            snapshot.all.stale_since = None;
            for queue in &mut snapshot.queues {
                queue.stale_since = None;
            }
            (snapshot, board.agents_of(TENANT, at(400)), board.waiting(TENANT, "8000", at(400)))
        };
        prop_assert_eq!(fresh(&again), fresh(&whole));
        // The stretches that end after the checkpoint are told again, the same.
        prop_assert!(replayed.iter().all(|interval| intervals.contains(interval)));
    }
}
