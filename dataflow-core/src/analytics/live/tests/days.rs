//! Days begin and end where the tenant is.

#![allow(clippy::unwrap_used)]

use jiff::tz::TimeZone;

use super::*;
use crate::analytics::MaxWait;
use crate::analytics::windows::{Window, zone};
use CallerChange::{Enqueue, Hangup};

/// A second after an instant as its number from the beginning of these tests' time.
fn second(instant: &str) -> u32 {
    let instant: jiff::Timestamp = instant.parse().unwrap();
    Moment::try_from(instant).unwrap().since(at(0))
}

fn in_zone(name: &str, now: u32) -> Board {
    let mut board = board();
    board.configure(TENANT, zone(name).unwrap(), MaxWait::default(), 0, at(now));
    board
}

#[test]
fn at_local_midnight_counts_begin_anew_and_who_waits_waits_on() {
    let midnight = second("2023-11-15T18:15:00Z");
    let mut board = in_zone("Asia/Kathmandu", midnight - 100);
    board.apply(
        &caller(80, 1, Enqueue, midnight - 50),
        seen(1, midnight - 50),
    );
    board.apply(
        &caller(80, 2, Enqueue, midnight - 40),
        seen(2, midnight - 40),
    );
    board.apply(
        &caller(80, 2, Hangup, midnight - 30),
        seen(3, midnight - 30),
    );
    assert_eq!(view(&board, "8000", midnight - 1).offered, 2);
    assert!(board.tick(at(midnight - 1)).queues.is_empty());
    assert_eq!(board.tick(at(midnight)).queues.len(), 2);
    let queue = view(&board, "8000", midnight + 10);
    assert_eq!(
        (queue.offered, queue.waiting, queue.longest_wait),
        (0, 1, 60)
    );
    // It ends today, and was yesterday's.
    board.apply(
        &caller(80, 1, Hangup, midnight + 20),
        seen(4, midnight + 20),
    );
    assert_eq!(view(&board, "8000", midnight + 21).offered, 0);
    // One of today.
    board.apply(
        &caller(80, 3, Enqueue, midnight + 30),
        seen(5, midnight + 30),
    );
    assert_eq!(view(&board, "8000", midnight + 31).offered, 1);
}

#[test]
fn an_event_of_today_that_came_before_midnight_by_our_clock_is_todays() {
    let midnight = second("2023-11-15T00:00:00Z");
    let mut board = board();
    board.apply(&caller(80, 1, Enqueue, midnight + 1), seen(1, midnight - 1));
    assert_eq!(view(&board, "8000", midnight - 1).offered, 0);
    board.tick(at(midnight));
    assert_eq!(view(&board, "8000", midnight + 2).offered, 1);
}

#[test]
fn a_clock_that_is_set_back_does_not_bring_yesterday_back() {
    let midnight = second("2023-11-15T00:00:00Z");
    let mut board = board();
    board.tick(at(midnight + 5));
    board.apply(&caller(80, 1, Enqueue, midnight + 6), seen(1, midnight + 6));
    assert!(board.tick(at(midnight - 5)).queues.is_empty());
    assert_eq!(view(&board, "8000", midnight - 5).offered, 1);
}

#[test]
fn a_day_of_25_hours_is_one_day() {
    let berlin = zone("Europe/Berlin").unwrap();
    let begin = second("2024-10-26T22:00:00Z");
    let mut board = in_zone("Europe/Berlin", begin);
    let day = Window::day(&berlin, at(begin));
    assert_eq!(day.end.since(day.start), 25 * 3600);
    board.apply(
        &agents(80, &[("101", AgentState::Ready, begin)]),
        seen(1, begin),
    );
    for hour in 0..25 {
        let now = begin + hour * 3600;
        board.apply(&caller(80, u64::from(hour) + 1, Enqueue, now), seen(1, now));
        board.apply(
            &caller(80, u64::from(hour) + 1, Hangup, now + 5),
            seen(1, now + 5),
        );
        assert_eq!(view(&board, "8000", now + 6).offered, i64::from(hour) + 1);
    }
    let end = begin + 25 * 3600;
    board.tick(at(end));
    assert_eq!(view(&board, "8000", end).offered, 0);
}

#[test]
fn an_agents_time_before_midnight_is_of_the_day_before() {
    let midnight = second("2023-11-15T00:00:00Z");
    let mut board = board();
    board.apply(
        &agents(80, &[("101", AgentState::QueueCall, midnight - 3_000)]),
        seen(1, midnight - 3_000),
    );
    board.tick(at(midnight + 1));
    board.apply(
        &agents(80, &[("101", AgentState::WrapUp, midnight + 100)]),
        seen(2, midnight + 100),
    );
    let changes = board.apply(
        &agents(80, &[("101", AgentState::Ready, midnight + 160)]),
        seen(3, midnight + 160),
    );
    assert_eq!(changes.intervals.len(), 1);
    // 100 s of the call and 60 s of wrap-up are today's, then 160 s ready.
    assert_eq!(
        board
            .agent(TENANT, "101", at(midnight + 320))
            .unwrap()
            .occupancy,
        Some(50.0)
    );
    assert_eq!(view(&board, "8000", midnight + 320).today.wrap_up, 60);
}

#[test]
fn what_is_over_is_forgotten_and_its_copies_count_nothing() {
    let mut board = board();
    board.apply(&caller(80, 1, Enqueue, 10), seen(1, 10));
    board.apply(&caller(80, 1, Hangup, 20), seen(2, 20));
    board.apply(&record(1, "8000", 10, 20, None), seen(3, 21));
    board.tick(at(2_000));
    assert!(board.tenants[&TENANT].stays.is_empty());
    for message in [
        caller(80, 1, Enqueue, 10),
        caller(80, 1, Hangup, 20),
        record(1, "8000", 10, 20, None),
    ] {
        assert_eq!(board.apply(&message, seen(4, 2_001)), Changes::default());
    }
    assert_eq!(view(&board, "8000", 2_002).offered, 1);
}

#[test]
fn another_zone_counts_its_own_day() {
    let now = second("2023-11-14T20:00:00Z");
    let mut board = board();
    board.apply(
        &caller(80, 1, Enqueue, second("2023-11-14T11:00:00Z")),
        seen(1, now),
    );
    board.apply(
        &caller(80, 2, Enqueue, second("2023-11-14T19:00:00Z")),
        seen(2, now),
    );
    assert_eq!(view(&board, "8000", now).offered, 2);
    // In Kolkata the day began at 18:30.
    board.configure(
        TENANT,
        zone("Asia/Kolkata").unwrap(),
        MaxWait::default(),
        0,
        at(now),
    );
    let queue = view(&board, "8000", now);
    assert_eq!((queue.offered, queue.waiting), (1, 2));
    board.configure(TENANT, TimeZone::UTC, MaxWait::default(), 0, at(now));
    assert_eq!(view(&board, "8000", now).offered, 2);
}
