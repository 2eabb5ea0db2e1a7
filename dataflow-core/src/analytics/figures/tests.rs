//! One worked example for each figure: eight visits to a queue whose limit is 20 s, in which whoever gives up within 5 s has hardly called.
//!
//! | visit | outcome | waits | talks |
//! |---|---|---|---|
//! | 1 | answered | 8 | 100 |
//! | 2 | answered | 20 | 60 |
//! | 3 | answered | 41 | 200 |
//! | 4 | abandoned | 3 | |
//! | 5 | abandoned | 90 | |
//! | 6 | overflow | 300 | |
//! | 7 | call back | 30 | |
//! | 8 | waiting | | |

#![allow(clippy::expect_used, clippy::unwrap_used)]

use super::*;
use crate::analytics::model::Outcome::{Abandoned, Answered, Callback, Overflow, Void, Waiting};

const LIMITS: Limits = Limits { sla: 20, short: 5 };

fn visit(outcome: Outcome, wait: u32, talk: Option<u32>) -> Tally {
    Tally::of(
        Counted {
            outcome,
            wait,
            talk,
        },
        LIMITS,
    )
}

fn example() -> Tally {
    [
        visit(Answered, 8, Some(100)),
        visit(Answered, 20, Some(60)),
        visit(Answered, 41, Some(200)),
        visit(Abandoned, 3, None),
        visit(Abandoned, 90, None),
        visit(Overflow, 300, None),
        visit(Callback, 30, None),
        visit(Waiting, 0, None),
    ]
    .into_iter()
    .sum()
}

#[track_caller]
fn close(figure: Option<f64>, wanted: f64) {
    let figure = figure.expect("a figure");
    assert!((figure - wanted).abs() < 1e-9, "{figure} is not {wanted}");
}

#[test]
fn offered_is_every_visit_and_the_sum_of_what_became_of_them() {
    let tally = example();
    assert_eq!(tally.offered(), 8);
    assert_eq!(
        (
            tally.answered,
            tally.abandoned,
            tally.overflow,
            tally.callbacks,
            tally.callbacks_failed,
            tally.waiting
        ),
        (3, 2, 1, 1, 0, 1)
    );
}

#[test]
fn a_visit_that_was_taken_back_counts_nowhere() {
    assert_eq!(visit(Void, 7, Some(7)), Tally::default());
}

#[test]
fn a_call_back_that_failed_is_offered_too() {
    let tally = visit(Outcome::CallbackFailed, 30, None);
    assert_eq!(
        (tally.offered(), tally.callbacks_failed, tally.callbacks),
        (1, 1, 0)
    );
}

#[test]
fn the_average_speed_of_answer_is_over_those_answered() {
    // (8 + 20 + 41) / 3
    close(example().average_speed_of_answer(), 23.0);
    // (3 + 90) / 2
    close(example().average_abandoned_wait(), 46.5);
}

#[test]
fn talk_is_averaged_over_the_calls_whose_record_came() {
    close(example().average_talk(), 120.0);
    // A fourth is being talked to still.
    let tally = example() + visit(Answered, 1, None);
    close(tally.average_talk(), 120.0);
}

#[test]
fn wrap_up_and_handling_are_for_each_answered_call() {
    let mut tally = example();
    tally.wrap_up = 45;
    close(tally.average_wrap_up(), 15.0);
    close(tally.average_handling(), 135.0);
}

#[test]
fn the_service_level_has_four_formulas() {
    let tally = example();
    // In time: answered 2 (20 s is in time), abandoned 1, which is short too. Ended: 7.
    close(tally.service_level(ServiceLevel::Offered), 200.0 / 7.0);
    close(tally.service_level(ServiceLevel::Answered), 200.0 / 3.0);
    close(tally.service_level(ServiceLevel::InTime), 300.0 / 5.0);
    close(tally.service_level(ServiceLevel::WithoutShort), 200.0 / 6.0);
}

#[test]
fn the_vendors_screen_comes_of_the_formula_by_offered() {
    // As shown there: 9,010 offered, 1,802 answered, 7,208 abandoned, and 19.94 %.
    let tally = Tally {
        answered: 1_802,
        abandoned: 7_208,
        answered_in_time: 1_797,
        ..Tally::default()
    };
    let shown = tally
        .service_level(ServiceLevel::default())
        .map(|level| format!("{level:.2}"));
    assert_eq!(shown.as_deref(), Some("19.94"));
}

#[test]
fn without_a_limit_of_its_own_a_queue_has_twenty_seconds() {
    assert_eq!(Limits::of(0).sla, 20);
    assert_eq!(Limits::of(90).sla, 90);
}

#[test]
fn nothing_to_divide_by_is_no_figure() {
    let none = Tally::default();
    assert_eq!(none.average_speed_of_answer(), None);
    assert_eq!(none.average_talk(), None);
    assert_eq!(none.average_handling(), None);
    for formula in [
        ServiceLevel::Offered,
        ServiceLevel::Answered,
        ServiceLevel::InTime,
        ServiceLevel::WithoutShort,
    ] {
        assert_eq!(none.service_level(formula), None);
    }
    assert_eq!(
        visit(Waiting, 0, None).service_level(ServiceLevel::Offered),
        None
    );
    assert_eq!(AgentTime::default().occupancy(true), None);
}

#[test]
fn averages_over_queues_are_pooled() {
    // A: 1 call that waited 10 s. B: 3 calls that waited 50 s each. The mean of the averages would be 30.
    let a = visit(Answered, 10, None);
    let b = visit(Answered, 50, None);
    close((a + b + b + b).average_speed_of_answer(), 40.0);
    // In time: 1 of 4, not the mean of 100 % and 0 %.
    close((a + b + b + b).service_level(ServiceLevel::Offered), 25.0);
    assert_eq!(a + b - b, a);
}

#[test]
fn occupancy_is_over_the_time_in_which_calls_could_come() {
    let mut time = AgentTime::default();
    for (state, minutes) in [
        (AgentState::QueueCall, 120),
        (AgentState::WrapUp, 30),
        (AgentState::OtherCall, 20),
        (AgentState::Ready, 130),
        (AgentState::NotReady, 60),
        (AgentState::LoggedOut, 500),
        (AgentState::Offline, 580),
    ] {
        time.add(&state, minutes * 60);
    }
    assert_eq!(time.logged_in(), 360 * 60);
    // 150 of 300 minutes; with other calls 170.
    close(time.occupancy(false), 50.0);
    close(time.occupancy(true), 170.0 / 3.0);
}

#[test]
fn staffed_is_who_is_logged_in() {
    use AgentState::{LoggedOut, NotReady, Offline, Other, OtherCall, QueueCall, Ready, WrapUp};
    for state in [NotReady, Ready, OtherCall, WrapUp, QueueCall] {
        assert!(staffed(&state), "{state:?}");
    }
    for state in [Offline, LoggedOut, Other("Asleep".into())] {
        assert!(!staffed(&state), "{state:?}");
    }
}

#[test]
fn the_longest_wait_is_that_of_who_waits_now() {
    let at = |seconds: u32| Moment::new(1_700_000_000 + seconds).unwrap();
    assert_eq!(longest_wait([at(50), at(10), at(30)], at(100)), 90);
    assert_eq!(longest_wait([], at(100)), 0);
    assert_eq!(longest_wait([at(101)], at(100)), 0, "a clock that is ahead");
}
