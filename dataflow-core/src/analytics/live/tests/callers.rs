//! Callers come, wait and leave.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::analytics::figures::{Counted, Limits, Tally};
use CallerChange::{AgentAnswered, Enqueue, Hangup, Overflow};

#[test]
fn a_caller_is_seen_from_the_entry_to_the_record() {
    let mut board = board();
    let changes = board.apply(&caller(80, 7, Enqueue, 10), seen(1, 10));
    assert_eq!(changes.queues, [(TENANT, "8000".into())]);
    let waiting = view(&board, "8000", 25);
    assert_eq!(
        (
            waiting.offered,
            waiting.waiting,
            waiting.longest_wait,
            waiting.service_level
        ),
        (1, 1, 15, None)
    );
    assert_eq!(
        board.waiting(TENANT, "8000", at(25))[0].caller,
        "5557".into()
    );

    board.apply(&caller(80, 7, AgentAnswered, 30), seen(2, 30));
    let answered = view(&board, "8000", 31);
    assert_eq!(
        (answered.offered, answered.waiting, answered.today.answered),
        (1, 0, 1)
    );
    assert_eq!(answered.average_speed_of_answer, Some(20.0));
    assert_eq!(answered.service_level, Some(100.0), "20 s is in time");
    assert_eq!(answered.average_talk, None, "they talk still");

    // The record knows better.
    board.apply(&record(7, "8000", 10, 31, Some(60)), seen(3, 91));
    let settled = view(&board, "8000", 92);
    assert_eq!((settled.offered, settled.today.answered), (1, 1));
    assert_eq!(settled.average_speed_of_answer, Some(21.0));
    assert_eq!(settled.service_level, Some(0.0));
    assert_eq!(settled.average_talk, Some(60.0));
    holds(&board, 92);
}

#[test]
fn a_copy_changes_nothing() {
    let mut board = board();
    for message in [
        caller(80, 7, Enqueue, 10),
        caller(80, 7, Hangup, 15),
        record(7, "8000", 10, 15, None),
    ] {
        board.apply(&message, seen(1, 20));
        let before = view(&board, "8000", 30);
        assert_eq!(board.apply(&message, seen(2, 21)), Changes::default());
        assert_eq!(view(&board, "8000", 30), before);
    }
}

#[test]
fn the_queues_own_list_takes_the_place_of_what_was_known() {
    let mut board = board();
    board.apply(&caller(80, 1, Enqueue, 10), seen(1, 10));
    board.apply(&caller(80, 2, Enqueue, 11), seen(2, 11));
    assert_eq!(board.lost(None, at(20)).queues.len(), 2);
    assert_eq!(view(&board, "8000", 21).stale_since, Some(at(20)));
    // 1 left and 3 came while nobody listened.
    board.apply(&status(80, "8000", &[(2, 11), (3, 25)], &[]), seen(3, 40));
    let queue = view(&board, "8000", 41);
    assert_eq!(
        (queue.waiting, queue.longest_wait, queue.stale_since),
        (2, 30, None)
    );
    assert_eq!(view(&board, "8001", 41).stale_since, Some(at(20)));
    assert_eq!(queue.offered, 2, "nobody knows what became of 1");
    holds(&board, 41);
    // The record does.
    board.apply(&record(1, "8000", 10, 22, None), seen(4, 50));
    let queue = view(&board, "8000", 51);
    assert_eq!((queue.offered, queue.today.abandoned), (3, 1));
    holds(&board, 51);
}

#[test]
fn who_was_missing_in_one_list_and_is_in_the_next_waits() {
    let mut board = board();
    board.apply(&status(80, "8000", &[(1, 5)], &[]), seen(1, 10));
    board.apply(&status(80, "8000", &[], &[]), seen(2, 20));
    assert_eq!(view(&board, "8000", 21).offered, 0);
    board.apply(&status(80, "8000", &[(1, 5)], &[]), seen(3, 30));
    let queue = view(&board, "8000", 31);
    assert_eq!(
        (queue.offered, queue.waiting, queue.longest_wait),
        (1, 1, 26)
    );
}

#[test]
fn a_call_back_is_asked_for_and_made() {
    let mut board = board();
    board.apply(&caller(80, 1, Enqueue, 0), seen(1, 0));
    board.apply(&caller(80, 1, CallerChange::Callback, 30), seen(2, 30));
    let queue = view(&board, "8000", 31);
    assert_eq!(
        (
            queue.waiting,
            queue.callbacks_waiting,
            queue.today.callbacks
        ),
        (0, 1, 1)
    );
    board.apply(&caller_of(80, 1, Hangup, 300, Callback::Yes), seen(3, 300));
    let queue = view(&board, "8000", 301);
    assert_eq!(
        (
            queue.callbacks_waiting,
            queue.today.callbacks,
            queue.today.callbacks_failed,
            queue.offered
        ),
        (0, 0, 1, 1)
    );
    holds(&board, 301);
}

#[test]
fn a_better_telling_of_a_call_can_take_a_visit_back() {
    let mut board = board();
    let first = record(7, "8000", 10, 15, None);
    board.apply(&first, seen(1, 20));
    assert_eq!(view(&board, "8000", 21).offered, 1);
    let mut call = call_of(&record(7, "8001", 10, 16, None)).clone();
    call.id = call_of(&first).id;
    board.apply(&Message::Call(Box::new(call)), seen(2, 30));
    assert_eq!(view(&board, "8000", 31).offered, 0);
    assert_eq!(view(&board, "8001", 31).offered, 1);
    // The worse one again is of no effect.
    board.apply(&first, seen(3, 40));
    assert_eq!(view(&board, "8000", 41).offered, 0);
}

#[test]
fn a_queue_that_is_first_seen_by_its_identifier_gets_its_number_later() {
    let mut board = Board::default();
    board.apply(&caller(80, 1, Enqueue, 1), seen(1, 1));
    board.apply(&caller(80, 1, Hangup, 4), seen(2, 4));
    let settings = QueueSettings {
        number: "8000".into(),
        name: "Sales".into(),
        sla: 30,
        max_wait: None,
        callback: false,
    };
    board.set_queue(TENANT, &settings, at(5));
    assert_eq!(view(&board, "8000", 6).offered, 0);
    board.apply(&status(80, "8000", &[(2, 5)], &[]), seen(3, 7));
    let queue = view(&board, "8000", 8);
    assert_eq!(
        (queue.offered, queue.today.abandoned, queue.waiting),
        (2, 1, 1)
    );
    assert_eq!(
        board
            .snapshot(TENANT, ServiceLevel::Offered, at(8))
            .unwrap()
            .queues
            .len(),
        1
    );
    holds(&board, 8);
}

#[test]
fn another_limit_counts_anew_what_is_known() {
    let mut board = board();
    board.apply(&record(7, "8000", 10, 35, Some(5)), seen(1, 50));
    assert_eq!(view(&board, "8000", 51).service_level, Some(0.0));
    let settings = QueueSettings {
        number: "8000".into(),
        name: "Sales".into(),
        sla: 25,
        max_wait: None,
        callback: false,
    };
    board.set_queue(TENANT, &settings, at(52));
    assert_eq!(view(&board, "8000", 53).service_level, Some(100.0));
    holds(&board, 53);
}

/// One caller's visit as it happens.
#[derive(Debug, Clone)]
struct Story {
    queue: u64,
    session: u64,
    enters: u32,
    waits: u32,
    ends: Option<CallerChange>,
    /// What the record says, where it comes: a wait that differs by so much, and the talk.
    record: Option<(u32, u32)>,
}

impl Story {
    fn number(&self) -> String {
        format!("80{:02}", self.queue - 80)
    }

    fn messages(&self) -> Vec<Message> {
        let mut messages = vec![caller(self.queue, self.session, Enqueue, self.enters)];
        let left = self.enters + self.waits;
        messages.extend(
            self.ends
                .map(|change| caller(self.queue, self.session, change, left)),
        );
        if let (Some(end), Some((more, talk))) = (self.ends, self.record) {
            let talk = (end == AgentAnswered).then_some(talk);
            if end != Overflow {
                messages.push(record(
                    self.session,
                    &self.number(),
                    self.enters,
                    left + more,
                    talk,
                ));
            }
        }
        messages
    }

    fn tally(&self) -> Tally {
        let (more, talk) = self.record.unwrap_or((0, 0));
        let told = self.record.is_some();
        let counted = match self.ends {
            None => Counted {
                outcome: Outcome::Waiting,
                wait: 0,
                talk: None,
            },
            Some(AgentAnswered) => Counted {
                outcome: Outcome::Answered,
                wait: self.waits + more,
                talk: told.then_some(talk),
            },
            Some(Hangup) => Counted {
                outcome: Outcome::Abandoned,
                wait: self.waits + more,
                talk: None,
            },
            _ => Counted {
                outcome: Outcome::Overflow,
                wait: self.waits,
                talk: None,
            },
        };
        Tally::of(counted, Limits::of(20))
    }
}

fn stories() -> impl Strategy<Value = Vec<Story>> {
    let ends = prop::sample::select(vec![
        None,
        Some(AgentAnswered),
        Some(Hangup),
        Some(Overflow),
    ]);
    let record = prop::option::of((0_u32..2, 0_u32..300));
    let story = (80_u64..82, 1_u32..5_000, 0_u32..200, ends, record);
    prop::collection::vec(story, 1..30).prop_map(|stories| {
        let numbered = stories.into_iter().zip(1_u64..);
        numbered
            .map(|((queue, enters, waits, ends, record), session)| Story {
                queue,
                session,
                enters,
                waits,
                ends,
                record,
            })
            .collect()
    })
}

/// The stories, and their messages in any order with copies.
fn told() -> impl Strategy<Value = (Vec<Story>, Vec<Message>)> {
    stories().prop_flat_map(|stories| {
        let messages: Vec<Message> = stories.iter().flat_map(Story::messages).collect();
        let copies = prop::collection::vec(prop::sample::select(messages.clone()), 0..20);
        let all = copies.prop_map(move |copies| [messages.clone(), copies].concat());
        (Just(stories), all.prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn counts_are_those_of_what_happened_in_any_order_and_with_copies((stories, messages) in told()) {
        let mut board = board();
        for (message, position) in messages.iter().zip(1..) {
            board.apply(message, seen(position, 6_000));
            holds(&board, 6_000);
        }
        for queue in [80, 81] {
            let here = stories.iter().filter(|story| story.queue == queue);
            let wanted: Tally = here.clone().map(Story::tally).sum();
            let number = format!("80{:02}", queue - 80);
            prop_assert_eq!(view(&board, &number, 6_000).today, wanted);
            let mut waiting: Vec<u64> = here.filter(|story| story.ends.is_none()).map(|story| story.session).collect();
            let mut listed: Vec<u64> = board.waiting(TENANT, &number, at(6_000)).iter().map(|who| who.session.0).collect();
            waiting.sort_unstable();
            listed.sort_unstable();
            prop_assert_eq!(listed, waiting);
        }
    }

    /// Nonsense: sessions that come and leave in every way at once, lists in between. What holds at every instant does so here too.
    #[test]
    fn the_invariant_holds_whatever_comes(events in prop::collection::vec((0_u8..9, 80_u64..82, 1_u64..5, 0_u32..60, 0_u32..60), 1..80)) {
        let mut board = board();
        for (position, (what, queue, session, second, now)) in (1..).zip(&events) {
            let number = format!("80{:02}", queue - 80);
            let message = match what {
                0 | 1 => caller(*queue, *session, Enqueue, *second),
                2 => caller(*queue, *session, AgentAnswered, *second),
                3 => caller(*queue, *session, Hangup, *second),
                4 => caller(*queue, *session, Overflow, *second),
                5 => caller(*queue, *session, CallerChange::Callback, *second),
                6 => caller_of(*queue, *session, AgentAnswered, *second, Callback::Yes),
                7 => record(*session, &number, *second, second + now, (second % 2 == 0).then_some(9)),
                _ => status(*queue, &number, &[(*session, *second)], &[]),
            };
            board.apply(&message, seen(position, *now));
            holds(&board, 60);
        }
    }
}
