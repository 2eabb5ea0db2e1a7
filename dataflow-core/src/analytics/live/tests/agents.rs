//! What agents are at.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use AgentState::{LoggedOut, NotReady, OtherCall, QueueCall, Ready, WrapUp};

fn stretches(changes: &[Changes]) -> Vec<(String, String, AgentState, u32, u32)> {
    let intervals = changes.iter().flat_map(|changes| &changes.intervals);
    intervals
        .map(|one| {
            let second = |moment: Moment| moment.since(at(0));
            (
                one.agent.to_string(),
                one.queue.to_string(),
                one.state.clone(),
                second(one.since),
                second(one.until),
            )
        })
        .collect()
}

#[test]
fn stretches_follow_each_other_and_late_news_is_left_out() {
    let mut board = board();
    let mut changes = Vec::new();
    for (position, (state, since)) in (1..).zip([
        (Ready, 0),
        (QueueCall, 50),
        (Ready, 20),
        (WrapUp, 110),
        (WrapUp, 110),
        (Ready, 140),
    ]) {
        changes.push(board.apply(&agents(80, &[("101", state, since)]), seen(position, since)));
    }
    assert_eq!(
        stretches(&changes),
        [
            ("101".into(), "8000".into(), Ready, 0, 50),
            ("101".into(), "8000".into(), QueueCall, 50, 110),
            ("101".into(), "8000".into(), WrapUp, 110, 140),
        ]
    );
    assert_eq!(changes[2], Changes::default(), "what is late");
    assert_eq!(changes[4], Changes::default(), "a copy");
}

#[test]
fn of_two_things_in_one_second_the_busier_holds_in_either_order() {
    for order in [[Ready, QueueCall], [QueueCall, Ready]] {
        let mut board = board();
        for state in order {
            board.apply(&agents(80, &[("101", state, 30)]), seen(1, 30));
        }
        assert_eq!(board.agent(TENANT, "101", at(31)).unwrap().state, QueueCall);
    }
}

#[test]
fn an_agent_in_two_queues_is_one_agent_at_the_busier_thing() {
    let mut board = board();
    board.apply(
        &agents(80, &[("101", QueueCall, 10), ("102", Ready, 10)]),
        seen(1, 10),
    );
    board.apply(
        &agents(81, &[("101", OtherCall, 11), ("103", LoggedOut, 11)]),
        seen(2, 11),
    );
    let snapshot = board
        .snapshot(TENANT, ServiceLevel::Offered, at(20))
        .unwrap();
    let all = snapshot.all.agents;
    assert_eq!(
        (
            all.total,
            all.staffed,
            all.queue_call,
            all.other_call,
            all.ready,
            all.logged_out
        ),
        (3, 2, 1, 0, 1, 1)
    );
    let by_queue: Vec<u32> = snapshot
        .queues
        .iter()
        .map(|queue| queue.agents.total)
        .collect();
    assert_eq!(by_queue, [2, 2]);
    let agent = board.agent(TENANT, "101", at(20)).unwrap();
    assert_eq!(
        (agent.state, agent.since, agent.queues.len()),
        (QueueCall, at(10), 2)
    );
}

#[test]
fn wrap_up_is_that_of_the_queue_whose_call_came_before() {
    let mut board = board();
    board.apply(&record(1, "8000", 1, 5, Some(45)), seen(1, 5));
    board.apply(&agents(80, &[("101", QueueCall, 5)]), seen(1, 5));
    board.apply(&agents(81, &[("101", OtherCall, 5)]), seen(2, 5));
    for queue in [80, 81] {
        board.apply(&agents(queue, &[("101", WrapUp, 50)]), seen(3, 50));
        board.apply(&agents(queue, &[("101", Ready, 80)]), seen(4, 80));
    }
    assert_eq!(view(&board, "8000", 90).average_wrap_up, Some(30.0));
    assert_eq!(view(&board, "8000", 90).average_handling, Some(75.0));
    assert_eq!(view(&board, "8001", 90).today.wrap_up, 0);
}

#[test]
fn occupancy_is_of_the_time_until_now() {
    let mut board = board();
    board.apply(&agents(80, &[("101", NotReady, 0)]), seen(1, 0));
    board.apply(&agents(80, &[("101", Ready, 100)]), seen(2, 100));
    board.apply(&agents(80, &[("101", QueueCall, 200)]), seen(3, 200));
    // 100 s ready, 100 s on a call.
    assert_eq!(
        board.agent(TENANT, "101", at(300)).unwrap().occupancy,
        Some(50.0)
    );
    assert_eq!(
        board.agent(TENANT, "101", at(500)).unwrap().occupancy,
        Some(75.0)
    );
}

#[test]
fn who_is_not_in_the_queues_list_has_left_it() {
    let mut board = board();
    board.apply(
        &status(80, "8000", &[], &[("101", Ready, 0), ("102", Ready, 0)]),
        seen(1, 1),
    );
    let changes = board.apply(&status(80, "8000", &[], &[("102", Ready, 0)]), seen(2, 60));
    assert_eq!(
        stretches(&[changes]),
        [("101".into(), "8000".into(), Ready, 0, 60)]
    );
    assert_eq!(view(&board, "8000", 61).agents.total, 1);
    assert_eq!(
        board
            .snapshot(TENANT, ServiceLevel::Offered, at(61))
            .unwrap()
            .all
            .agents
            .total,
        1
    );
}

#[test]
fn a_snapshot_without_a_time_does_not_begin_a_stretch_anew() {
    let mut board = board();
    board.apply(&agents(80, &[("101", Ready, 0)]), seen(1, 0));
    let mut update = agent_is("101", Ready, 0);
    update.since = None;
    let Message::Queue(mut status) = status(80, "8000", &[], &[]) else {
        unreachable!()
    };
    status.agents = vec![update];
    let changes = board.apply(&Message::Queue(status), seen(2, 90));
    assert_eq!(changes.intervals, []);
    assert_eq!(board.agent(TENANT, "101", at(100)).unwrap().seconds, 100);
}

proptest! {
    #[test]
    fn stretches_of_an_agent_in_a_queue_neither_overlap_nor_leave_gaps(
        events in prop::collection::vec((80_u64..82, 101_u32..104, prop::sample::select(vec![Ready, QueueCall, WrapUp, NotReady, LoggedOut, OtherCall]), 0_u32..200), 1..60),
    ) {
        let mut board = board();
        let mut changes = Vec::new();
        for (queue, agent, state, since) in &events {
            changes.push(board.apply(&agents(*queue, &[(&agent.to_string(), state.clone(), *since)]), seen(1, *since)));
        }
        for queue in ["8000", "8001"] {
            for agent in ["101", "102", "103"] {
                let all = stretches(&changes);
                let ours: Vec<_> = all.iter().filter(|one| one.0 == agent && one.1 == queue).collect();
                prop_assert!(ours.iter().all(|one| one.3 < one.4));
                prop_assert!(ours.windows(2).all(|pair| pair[0].4 == pair[1].3), "{:?}", ours);
                let now = board.agent(TENANT, agent, at(500));
                let member = now.and_then(|now| now.queues.into_iter().find(|member| *member.queue == *queue));
                if let (Some(last), Some(member)) = (ours.last(), member) {
                    prop_assert_eq!(at(last.4), member.since);
                }
            }
        }
    }
}
