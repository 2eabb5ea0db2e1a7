//! The process is killed.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::*;

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
                "analytics::journal::tests::killed::child_that_is_killed",
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
