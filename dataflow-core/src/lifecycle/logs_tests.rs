#![allow(clippy::unwrap_used)]
use super::*;
use crate::docker::LogOutput;

fn line(container: &str, second: i64) -> LogLine {
    LogLine {
        container: container.to_owned(),
        at: Timestamp::from_second(second).unwrap(),
        output: LogOutput::Stdout,
        text: format!("line {second}"),
    }
}

/// Two containers whose lines the test sends itself.
fn two(follow: bool) -> (mpsc::Sender<LogLine>, mpsc::Sender<LogLine>, Logs) {
    let (one, one_lines) = mpsc::channel(HELD);
    let (other, other_lines) = mpsc::channel(HELD);
    let source = |lines| Source { lines, next: None };
    let logs = Logs {
        sources: vec![source(one_lines), source(other_lines)],
        grep: None,
        follow,
        reading: JoinSet::new(),
    };
    (one, other, logs)
}

async fn seconds(logs: &mut Logs, count: usize) -> Vec<i64> {
    let mut seconds = Vec::new();
    for _ in 0..count {
        let line = logs.next().await.unwrap().unwrap();
        seconds.push(line.at.as_second());
    }
    seconds
}

#[tokio::test]
async fn lines_of_both_come_in_the_order_of_their_times() {
    let (one, other, mut logs) = two(false);
    for second in [1, 4, 5] {
        one.send(line("one", second)).await.unwrap();
    }
    for second in [2, 3, 6] {
        other.send(line("other", second)).await.unwrap();
    }
    drop((one, other));
    assert_eq!(seconds(&mut logs, 6).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(logs.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_silent_container_does_not_hold_up_the_other_for_long() {
    let (one, _silent, mut logs) = two(true);
    one.send(line("one", 1)).await.unwrap();
    one.send(line("one", 2)).await.unwrap();
    let began = std::time::Instant::now();
    assert_eq!(seconds(&mut logs, 2).await, [1, 2]);
    assert!(began.elapsed() < 20 * ON_ITS_WAY);
}

#[tokio::test]
async fn a_line_that_is_a_little_late_still_comes_first_if_it_is_older() {
    let (one, other, mut logs) = two(true);
    one.send(line("one", 2)).await.unwrap();
    let late = async {
        tokio::task::yield_now().await;
        other.send(line("other", 1)).await.unwrap();
    };
    let (seconds, ()) = tokio::join!(seconds(&mut logs, 2), late);
    assert_eq!(seconds, [1, 2]);
}

#[tokio::test]
async fn only_lines_in_which_it_is_found_are_told() {
    let (one, other, mut logs) = two(false);
    logs.grep = Some(Regex::new("line [24]$").unwrap());
    for second in 1..=5 {
        one.send(line("one", second)).await.unwrap();
    }
    drop((one, other));
    assert_eq!(seconds(&mut logs, 2).await, [2, 4]);
    assert_eq!(logs.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_reading_that_failed_ends_the_lines_with_its_error() {
    for follow in [false, true] {
        let (one, other, mut logs) = two(follow);
        one.send(line("one", 1)).await.unwrap();
        logs.reading.spawn(async move {
            let _held = other;
            Err(DockerError::NotInstalled {
                host: "server".to_owned(),
            })
        });
        if !follow {
            drop(one);
        } else {
            let _kept = Box::leak(Box::new(one));
        }
        assert_eq!(seconds(&mut logs, 1).await, [1]);
        assert!(logs.next().await.is_err(), "follow: {follow}");
    }
}
