//! The journal keeps what it said it keeps: cut at any byte, killed at any moment, on a full disk.

#![allow(clippy::panic, clippy::unwrap_used)]

mod full_disk;
mod killed;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::analytics::read::{EventId, Source};

fn delivery(number: u64) -> Delivery {
    Delivery {
        source: Source::Webhook,
        event: EventId(u128::from(number) << 70 | 1),
        received_ms: 1_700_000_000_000 + number,
        body: format!(
            "body {number} {}",
            "x".repeat(usize::try_from(number % 50).unwrap())
        )
        .into_bytes(),
    }
}

fn small(directory: &Path) -> Options {
    Options {
        segment_bytes: 700,
        ..Options::new(directory)
    }
}

/// All that is there, by batches of three that are not done.
async fn all(journal: &Journal) -> Vec<Entry> {
    let mut entries = Vec::new();
    while let Some(batch) = journal.next_batch(3).await.unwrap() {
        entries.extend(journal.read(batch).await.unwrap());
    }
    entries
}

async fn open(options: Options) -> (Journal, Recovery) {
    Journal::open(options).await.unwrap()
}

fn files(directory: &Path) -> BTreeMap<String, u64> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (
            entry.file_name().into_string().unwrap(),
            entry.metadata().unwrap().len(),
        )
    });
    entries
        .filter(|(name, _)| name.ends_with(".segment"))
        .collect()
}

#[tokio::test]
async fn what_was_kept_is_read_back_by_another_process() {
    let place = tempfile::tempdir().unwrap();
    let (journal, recovery) = open(small(place.path())).await;
    assert_eq!(recovery, Recovery::default());
    let epoch = journal.epoch();
    let first = journal
        .append((0..10).map(delivery).collect())
        .await
        .unwrap();
    let second = journal
        .append((10..25).map(delivery).collect())
        .await
        .unwrap();
    assert_eq!((first, second), (0, 10));
    journal.close().await.unwrap();

    let (journal, recovery) = open(small(place.path())).await;
    assert_eq!((recovery.end, recovery.waiting, recovery.cut), (25, 25, 0));
    assert_eq!(recovery.damage, []);
    assert_eq!(journal.epoch(), epoch);
    let entries = all(&journal).await;
    let wanted = (0..25).map(|number| Entry {
        position: number,
        delivery: delivery(number),
    });
    assert_eq!(entries, wanted.collect::<Vec<_>>());
}

#[tokio::test]
async fn appends_at_the_same_time_are_kept_each_with_its_own_place() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(small(place.path())).await;
    let journal = Arc::new(journal);
    let appends: Vec<_> = (0..200)
        .map(|number| {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move {
                (
                    journal.append(vec![delivery(number)]).await.unwrap(),
                    number,
                )
            })
        })
        .collect();
    let mut wanted = BTreeMap::new();
    for append in appends {
        let (position, number) = append.await.unwrap();
        assert!(wanted.insert(position, delivery(number)).is_none());
    }
    let kept = all(&journal)
        .await
        .into_iter()
        .map(|entry| (entry.position, entry.delivery));
    assert_eq!(kept.collect::<BTreeMap<_, _>>(), wanted);
}

#[tokio::test]
async fn cut_at_any_byte_it_keeps_every_whole_record_and_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let options = Options::new(place.path());
    let (journal, _) = open(options.clone()).await;
    let mut ends = vec![0];
    for number in 0..6 {
        journal.append(vec![delivery(number)]).await.unwrap();
        ends.push(*files(place.path()).values().next().unwrap());
    }
    journal.close().await.unwrap();
    let name = files(place.path()).into_keys().next().unwrap();
    let bytes = fs::read(place.path().join(&name)).unwrap();
    for cut in 0..=bytes.len() {
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join(&name), &bytes[..cut]).unwrap();
        let (journal, recovery) = open(Options::new(other.path())).await;
        let whole = ends.iter().filter(|end| **end <= cut as u64).count() - 1;
        let torn = cut as u64 - ends[whole];
        assert_eq!(
            (recovery.end, recovery.cut),
            (whole as u64, torn),
            "cut at {cut}"
        );
        assert_eq!(recovery.damage, [], "cut at {cut}");
        assert_eq!(
            journal.append(vec![delivery(99)]).await.unwrap(),
            whole as u64
        );
        let mut wanted: Vec<Delivery> = (0..whole as u64).map(delivery).collect();
        wanted.push(delivery(99));
        let kept: Vec<Delivery> = all(&journal)
            .await
            .into_iter()
            .map(|entry| entry.delivery)
            .collect();
        assert_eq!(kept, wanted, "cut at {cut}");
    }
}

#[tokio::test]
async fn a_byte_that_rots_costs_one_record_and_is_told() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(Options::new(place.path())).await;
    journal
        .append((0..6).map(delivery).collect())
        .await
        .unwrap();
    journal.close().await.unwrap();
    let name = files(place.path()).into_keys().next().unwrap();
    let bytes = fs::read(place.path().join(&name)).unwrap();
    let last = bytes.len() - (16 + 25 + delivery(5).body.len());
    for rotten in 0..last {
        let other = tempfile::tempdir().unwrap();
        let mut bytes = bytes.clone();
        bytes[rotten] ^= 0x41;
        fs::write(other.path().join(&name), &bytes).unwrap();
        let (journal, recovery) = open(Options::new(other.path())).await;
        let [damage] = &recovery.damage[..] else {
            panic!("byte {rotten}: {:?}", recovery.damage);
        };
        assert_eq!(
            (damage.end - damage.first, recovery.end, recovery.cut),
            (1, 6, 0),
            "byte {rotten}"
        );
        let kept: Vec<u64> = all(&journal)
            .await
            .iter()
            .map(|entry| entry.position)
            .collect();
        let wanted: Vec<u64> = (0..6)
            .filter(|position| *position != damage.first)
            .collect();
        assert_eq!(kept, wanted, "byte {rotten}");
    }
}

#[tokio::test]
async fn a_batch_that_was_begun_is_the_same_range_in_the_next_process() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(small(place.path())).await;
    journal
        .append((0..5).map(delivery).collect())
        .await
        .unwrap();
    let first = journal.next_batch(100).await.unwrap().unwrap();
    assert_eq!((first.first, first.last), (0, 4));
    // More comes before the batch is done: it is no part of it.
    journal
        .append((5..9).map(delivery).collect())
        .await
        .unwrap();
    let second = journal.next_batch(2).await.unwrap().unwrap();
    assert_eq!((second.first, second.last), (5, 6));
    journal.done(second).await.unwrap();
    journal.close().await.unwrap();

    let (journal, recovery) = open(small(place.path())).await;
    assert_eq!(recovery.waiting, 9);
    assert_eq!(journal.next_batch(1).await.unwrap(), Some(first));
    assert_eq!(
        journal.next_batch(100).await.unwrap(),
        Some(Batch { first: 7, last: 8 })
    );
    assert_eq!(journal.next_batch(100).await.unwrap(), None);
}

#[tokio::test]
async fn the_index_cut_at_any_byte_gives_nothing_away() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(small(place.path())).await;
    journal
        .append((0..9).map(delivery).collect())
        .await
        .unwrap();
    for _ in 0..3 {
        let batch = journal.next_batch(3).await.unwrap().unwrap();
        if batch.first != 3 {
            journal.done(batch).await.unwrap();
        }
    }
    journal.close().await.unwrap();
    let index = fs::read(place.path().join("batches")).unwrap();
    for cut in 0..=index.len() {
        let other = tempfile::tempdir().unwrap();
        for name in files(place.path()).keys() {
            fs::copy(place.path().join(name), other.path().join(name)).unwrap();
        }
        fs::write(other.path().join("batches"), &index[..cut]).unwrap();
        let (journal, _) = open(small(other.path())).await;
        let entries = all(&journal).await;
        // What is not done is there, each record once.
        let positions: Vec<u64> = entries.iter().map(|entry| entry.position).collect();
        assert!(
            [3, 4, 5]
                .iter()
                .all(|position| positions.contains(position)),
            "cut at {cut}: {positions:?}"
        );
        assert!(
            positions.is_sorted_by(|a, b| a < b),
            "cut at {cut}: {positions:?}"
        );
    }
}

#[tokio::test]
async fn segments_go_when_all_of_them_is_done_and_not_before() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(small(place.path())).await;
    for number in 0..60 {
        journal.append(vec![delivery(number)]).await.unwrap();
    }
    let before = files(place.path());
    assert!(before.len() > 4, "{before:?}");
    let mut batches = Vec::new();
    while let Some(batch) = journal.next_batch(10).await.unwrap() {
        batches.push(batch);
    }
    let first = batches.remove(0);
    for batch in batches {
        journal.done(batch).await.unwrap();
    }
    assert_eq!(files(place.path()), before, "the first batch is not done");
    assert_eq!(journal.read(first).await.unwrap().len(), 10);
    journal.done(first).await.unwrap();
    assert_eq!(
        files(place.path()).len(),
        1,
        "the one that is written stays"
    );
    journal.close().await.unwrap();
    let (journal, recovery) = open(small(place.path())).await;
    assert_eq!(
        (recovery.end, recovery.waiting, &recovery.damage[..]),
        (60, 0, &[][..])
    );
    assert_eq!(journal.append(vec![delivery(60)]).await.unwrap(), 60);
}

#[tokio::test]
async fn a_segment_that_was_lost_is_told() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(small(place.path())).await;
    for number in 0..60 {
        journal.append(vec![delivery(number)]).await.unwrap();
    }
    journal.close().await.unwrap();
    let names: Vec<String> = files(place.path()).into_keys().collect();
    fs::remove_file(place.path().join(&names[0])).unwrap();
    fs::remove_file(place.path().join(&names[2])).unwrap();
    let (journal, recovery) = open(small(place.path())).await;
    let lost: u64 = recovery
        .damage
        .iter()
        .map(|damage| damage.end - damage.first)
        .sum();
    assert_eq!((recovery.damage.len(), recovery.end), (2, 60));
    assert_eq!(all(&journal).await.len() as u64, 60 - lost);
}

#[tokio::test]
async fn a_journal_has_one_process_and_a_limit() {
    let place = tempfile::tempdir().unwrap();
    let options = Options {
        limit_bytes: 2_000,
        ..small(place.path())
    };
    let (journal, _) = open(options.clone()).await;
    assert!(matches!(
        Journal::open(options).await,
        Err(JournalError::InUse { .. })
    ));
    let mut kept = 0;
    let refused = loop {
        match journal.append(vec![delivery(kept)]).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(
        matches!(refused, JournalError::Full { limit: 2_000, .. }),
        "{refused}"
    );
    assert_eq!(all(&journal).await.len() as u64, kept);
    let huge = Delivery {
        body: vec![0; RECORD_LIMIT],
        ..delivery(0)
    };
    assert!(matches!(
        journal.append(vec![huge]).await,
        Err(JournalError::TooLong { .. })
    ));
}

#[tokio::test]
async fn a_journal_that_was_worked_on_takes_again() {
    let place = tempfile::tempdir().unwrap();
    let options = Options {
        limit_bytes: 2_000,
        ..small(place.path())
    };
    let (journal, _) = open(options).await;
    let mut number = 0;
    while journal.append(vec![delivery(number)]).await.is_ok() {
        number += 1;
    }
    while let Some(batch) = journal.next_batch(5).await.unwrap() {
        journal.done(batch).await.unwrap();
    }
    assert_eq!(
        journal.append(vec![delivery(number)]).await.unwrap(),
        number
    );
}

#[tokio::test]
async fn who_does_not_wait_for_the_answer_loses_nothing_of_others() {
    let place = tempfile::tempdir().unwrap();
    let (journal, _) = open(small(place.path())).await;
    for number in 0..50 {
        let append = journal.append(vec![delivery(number)]);
        let _ = tokio::time::timeout(Duration::ZERO, append).await;
    }
    let position = journal.append(vec![delivery(50)]).await.unwrap();
    let entries = all(&journal).await;
    assert_eq!(
        entries
            .last()
            .map(|entry| (entry.position, entry.delivery.clone())),
        Some((position, delivery(50)))
    );
}
