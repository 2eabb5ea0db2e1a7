//! Figures of cost.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use super::*;

/// Bytes of this process in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<usize>()
        .unwrap()
        * 4096
}

/// `cargo test --release -p dataflow-core --features analytics a_large_centre -- --ignored --nocapture`
#[test]
#[ignore = "measures; only a release build, and alone, says anything"]
#[allow(clippy::print_stderr, reason = "it is run to see the figures")]
fn a_large_centre_takes_a_few_megabytes_and_an_event_less_than_a_microsecond() {
    const QUEUES: u64 = 500;
    const AGENTS: u64 = 5_000;
    const EVENTS: u64 = 400_000;
    // Made before, so that only the state is measured.
    let mut messages = Vec::new();
    for event in 0..EVENTS {
        let second = u32::try_from(event / 10_000).unwrap();
        // The four events of a round are one caller's and one agent's, in one queue.
        let queue = 1 + event / 4 % QUEUES;
        let agent = (1_000 + event / 4 * 7 % AGENTS).to_string();
        messages.push((
            second,
            match event % 4 {
                0 => caller(queue, event, CallerChange::Enqueue, second),
                1 => caller(queue, event - 1, CallerChange::AgentAnswered, second),
                2 => agents(queue, &[(&agent, AgentState::QueueCall, second)]),
                _ => agents(queue, &[(&agent, AgentState::WrapUp, second)]),
            },
        ));
    }
    let before = resident();
    let mut board = Board::default();
    for queue in 1..=QUEUES {
        let numbers: Vec<String> = (0..20)
            .map(|place| (1_000 + (queue * 10 + place) % AGENTS).to_string())
            .collect();
        let members: Vec<_> = numbers
            .iter()
            .map(|agent| (&**agent, AgentState::Ready, 0))
            .collect();
        board.apply(
            &status(queue, &(8_000 + queue).to_string(), &[], &members),
            seen(0, 0),
        );
    }
    let empty = resident() - before;
    // The best of many parts: other work on the machine is none of it.
    let part = messages.len() / 40;
    let parts = messages.chunks(part).map(|messages| {
        let begun = Instant::now();
        for (second, message) in messages {
            std::hint::black_box(board.apply(message, seen(1, *second)));
        }
        begun.elapsed() / u32::try_from(messages.len()).unwrap()
    });
    let each = parts.min().unwrap();
    let waiting = board
        .snapshot(TENANT, ServiceLevel::Offered, at(60))
        .unwrap()
        .all
        .waiting;
    assert_eq!(waiting, 0, "all were answered");
    let full = resident() - before;
    let mut shown = Duration::MAX;
    let mut json = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let snapshot = board
            .snapshot(TENANT, ServiceLevel::Offered, at(60))
            .unwrap();
        json = serde_json::to_vec(&snapshot).unwrap();
        shown = shown.min(begun.elapsed());
    }
    eprintln!(
        "{each:?} an event; {} kB without and {} kB with {} visits that no record has settled; snapshot of {} kB in {:?}",
        empty / 1024,
        full / 1024,
        EVENTS / 4,
        json.len() / 1024,
        shown
    );
    let checkpoint = Instant::now();
    let bytes = serde_json::to_vec(&board.checkpoint(1, at(60)))
        .unwrap()
        .len();
    eprintln!(
        "checkpoint of {} kB in {:?}",
        bytes / 1024,
        checkpoint.elapsed()
    );
    assert!(empty < 8 * 1024 * 1024, "{empty} bytes");
    assert!(full < 64 * 1024 * 1024, "{full} bytes");
    assert!(each < Duration::from_micros(10), "{each:?}");
}
