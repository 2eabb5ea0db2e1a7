//! The journal keeps what it said it keeps: cut at any byte, killed at any moment, on a full disk.

#![allow(clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::segment::Medium;
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

/// A disk with so many bytes of room, which keeps the part of a write that fits; syncs fail while it is told so.
#[derive(Clone, Default)]
struct Narrow {
    room: Arc<AtomicU64>,
    sync_fails: Arc<AtomicBool>,
    cut_fails: Arc<AtomicBool>,
}

struct NarrowFile {
    disk: Narrow,
    file: Mutex<fs::File>,
}

impl Disk for Narrow {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Medium>> {
        let file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)?;
        Ok(Box::new(NarrowFile {
            disk: self.clone(),
            file: Mutex::new(file),
        }))
    }
}

impl Medium for NarrowFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = usize::try_from(self.disk.room.load(Ordering::SeqCst)).unwrap();
        let fits = room.min(bytes.len());
        io::Write::write_all(self.file.get_mut().unwrap(), &bytes[..fits])?;
        self.disk.room.fetch_sub(fits as u64, Ordering::SeqCst);
        if fits < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.disk.sync_fails.load(Ordering::SeqCst) {
            true => Err(io::Error::other("the disk is gone")),
            false => Ok(()),
        }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.disk.cut_fails.load(Ordering::SeqCst) && length > 0 {
            return Err(io::Error::other("the disk is gone"));
        }
        let file = self.file.get_mut().unwrap();
        let before = file.metadata()?.len();
        file.set_len(length)?;
        self.disk
            .room
            .fetch_add(before.saturating_sub(length), Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_new_is_kept_and_nothing_old_is_lost() {
    for cut_fails in [false, true] {
        for room in (300..900).step_by(7) {
            let place = tempfile::tempdir().unwrap();
            let disk = Narrow::default();
            disk.room.store(room, Ordering::SeqCst);
            disk.cut_fails.store(cut_fails, Ordering::SeqCst);
            let (journal, _) = Journal::open_on(small(place.path()), disk.clone())
                .await
                .unwrap();
            let mut kept = Vec::new();
            for number in 0..30 {
                match journal.append(vec![delivery(number)]).await {
                    Ok(position) => kept.push((position, delivery(number))),
                    Err(error) => {
                        assert!(matches!(error, JournalError::DiskFull { .. }), "{error}");
                    }
                }
            }
            assert!(kept.len() < 30);
            disk.room.store(100_000, Ordering::SeqCst);
            for number in 30..35 {
                kept.push((
                    journal.append(vec![delivery(number)]).await.unwrap(),
                    delivery(number),
                ));
            }
            journal.close().await.unwrap();
            let (journal, recovery) = open(small(place.path())).await;
            assert_eq!(recovery.damage, [], "room {room}");
            let found = all(&journal)
                .await
                .into_iter()
                .map(|entry| (entry.position, entry.delivery));
            assert_eq!(found.collect::<Vec<_>>(), kept, "room {room}");
        }
    }
}

#[tokio::test]
async fn what_a_failed_sync_left_on_the_disk_was_refused_and_does_not_come_back() {
    for cut_fails in [false, true] {
        let place = tempfile::tempdir().unwrap();
        let disk = Narrow::default();
        disk.room.store(100_000, Ordering::SeqCst);
        let (journal, _) = Journal::open_on(small(place.path()), disk.clone())
            .await
            .unwrap();
        journal.append(vec![delivery(0)]).await.unwrap();
        disk.sync_fails.store(true, Ordering::SeqCst);
        disk.cut_fails.store(cut_fails, Ordering::SeqCst);
        let refused = journal.append(vec![delivery(1), delivery(2)]).await;
        assert!(matches!(refused, Err(JournalError::Io { .. })));
        disk.sync_fails.store(false, Ordering::SeqCst);
        assert_eq!(journal.append(vec![delivery(3)]).await.unwrap(), 1);
        journal.close().await.unwrap();
        let (journal, recovery) = open(small(place.path())).await;
        assert_eq!((recovery.end, &recovery.damage[..]), (2, &[][..]));
        let found: Vec<Delivery> = all(&journal)
            .await
            .into_iter()
            .map(|entry| entry.delivery)
            .collect();
        assert_eq!(found, [delivery(0), delivery(3)]);
    }
}

/// Appends and works on batches until it is killed; each line says what was answered.
#[tokio::test]
#[ignore = "the child of the test below"]
#[allow(clippy::print_stdout, reason = "its parent listens")]
async fn child_that_is_killed() {
    let Some(directory) = std::env::var_os("JOURNAL_CHILD") else {
        return;
    };
    let (journal, recovery) = open(small(Path::new(&directory))).await;
    let mut number = recovery.end;
    loop {
        let count = 1 + number % 5;
        let first = journal
            .append((number..number + count).map(delivery).collect())
            .await
            .unwrap();
        println!("kept {first} {count}");
        number += count;
        if let Some(batch) = journal.next_batch(7).await.unwrap() {
            println!("begun {} {}", batch.first, batch.last);
            let read = journal.read(batch).await.unwrap();
            assert_eq!(read.len() as u64, batch.last - batch.first + 1);
            if batch.first % 3 != 0 {
                journal.done(batch).await.unwrap();
                println!("done {} {}", batch.first, batch.last);
            }
        }
    }
}

#[tokio::test]
async fn killed_again_and_again_it_keeps_all_that_it_said_it_keeps() {
    let place = tempfile::tempdir().unwrap();
    let mut kept = 0;
    let mut begun: BTreeMap<u64, u64> = BTreeMap::new();
    for round in 0..30 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "analytics::journal::tests::child_that_is_killed",
                "--exact",
                "--ignored",
                "--nocapture",
                "--quiet",
            ])
            .env("JOURNAL_CHILD", place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = 0;
        for line in lines {
            let line = line.unwrap();
            let words: Vec<&str> = line.split_whitespace().collect();
            let [what, one, two] = words[..] else {
                continue;
            };
            let (Ok(one), Ok(two)) = (one.parse::<u64>(), two.parse::<u64>()) else {
                continue;
            };
            match what {
                "kept" => kept = kept.max(one + two),
                "begun" => assert_eq!(
                    *begun.entry(one).or_insert(two),
                    two,
                    "the same range again"
                ),
                "done" => {}
                _ => continue,
            }
            told += 1;
            if told == 5 + round * 3 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(told >= 5, "the child did something");
        let (journal, recovery) = open(small(place.path())).await;
        assert!(recovery.end >= kept, "kept {kept}, found {}", recovery.end);
        assert_eq!(recovery.damage, []);
        // A batch may be done and the answer not heard; what is not done is all there and as it was.
        while let Some(batch) = journal.next_batch(7).await.unwrap() {
            if let Some(last) = begun.get(&batch.first) {
                assert_eq!(batch.last, *last);
            }
            begun.insert(batch.first, batch.last);
            let entries = journal.read(batch).await.unwrap();
            let wanted = (batch.first..=batch.last).map(|number| Entry {
                position: number,
                delivery: delivery(number),
            });
            assert_eq!(entries, wanted.collect::<Vec<_>>());
        }
        journal.close().await.unwrap();
    }
    // Each position is in exactly one batch.
    let mut next = 0;
    for (first, last) in &begun {
        assert_eq!(*first, next);
        next = last + 1;
    }
    assert!(next >= kept);
}
