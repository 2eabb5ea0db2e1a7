//! Whatever the PBX sends: it is read or refused, what is read comes to rows, and the live state takes it.

#![no_main]

use dataflow_core::analytics::{
    figures::ServiceLevel,
    live::{Board, Seen},
    model::{Moment, TenantId},
    read::{self, Message, Source},
    version::settle,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let now = Moment::new(1_700_000_000).unwrap();
    let mut board = Board::default();
    // Several messages, a line each.
    for (line, position) in input.split(|byte| *byte == b'\n').zip(0..) {
        let _ = read::calls(TenantId(1), line);
        let _ = read::queue_settings(line);
        let Ok(message) = read::webhook(None, line).1 else {
            continue;
        };
        if let Message::Call(call) = &message {
            let visits = board.visits(call);
            let rows = settle(None, (**call).clone(), Source::Webhook, visits.clone());
            let (_, known) = rows.unwrap();
            // The same again is the same.
            let again = settle(Some(&known), (**call).clone(), Source::Webhook, visits).unwrap();
            assert_eq!(again.1, known);
        }
        let seen = Seen {
            position,
            source: Source::Webhook,
            now,
        };
        board.apply(&message, seen);
    }
    let tenants: Vec<TenantId> = board.tenants().collect();
    for tenant in tenants {
        let snapshot = board.snapshot(tenant, ServiceLevel::Offered, now).unwrap();
        let waiting: i64 = snapshot.queues.iter().map(|queue| queue.today.waiting).sum();
        assert!(waiting >= 0);
    }
    let checkpoint = board.checkpoint(0, now);
    let mut restored = Board::default();
    restored.restore(checkpoint.clone(), now);
    assert_eq!(restored.checkpoint(0, now).tenants.len(), checkpoint.tenants.len());
});
