#![allow(clippy::panic, clippy::unwrap_used)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::*;
use crate::{
    host::{Address, SignIn},
    lifecycle::Operator,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A place of its own, on this machine.
struct Kept {
    place: Place,
    _home: TempDir,
}

impl Kept {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let place = Place {
            directory: home.path().join("kept").to_str().unwrap().to_owned(),
            // Nothing is heard of an owner that is not asked for anything.
            beat: Duration::from_secs(3600),
            root: false,
            ..Place::default()
        };
        Self { place, _home: home }
    }

    fn expiring(seconds: u64) -> Self {
        let mut kept = Self::new();
        kept.place.expiry = Duration::from_secs(seconds);
        kept
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.place.directory).join(name)
    }

    async fn keeper(&self) -> (Keeper, Lease) {
        let run = RunId::new();
        let lease = Lease {
            v: Lease::VERSION,
            run: run.to_string(),
            verb: "run".into(),
            operator: Operator {
                user: "al\\ice \"%s $(x)".into(),
                from: "node1".into(),
                ..Operator::default()
            },
            ..Lease::default()
        };
        let host = Host::connect(&Address::Local, &SignIn::default())
            .await
            .unwrap();
        let keeper = Keeper::start(&host, &self.place, &run).await.unwrap();
        (keeper, lease)
    }

    /// Makes the lease look as if nothing had been heard of its owner for that long.
    fn silence(&self, seconds: i64) {
        let when = format!("@{}", jiff::Timestamp::now().as_second() - seconds);
        let status = std::process::Command::new("touch")
            .args(["-d", &when])
            .arg(self.path("lease.json"))
            .status();
        assert!(status.unwrap().success());
    }
}

fn done() -> Answer {
    Answer::Done(String::new())
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let poll = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(
        timeout(PATIENCE, poll).await.is_ok(),
        "waited in vain: {what}"
    );
}

#[tokio::test]
async fn given_nothing_when_taken_then_the_lease_names_its_owner_and_only_root_can_look() {
    let kept = Kept::new();
    let (keeper, lease) = kept.keeper().await;
    assert_eq!(keeper.look().await.unwrap(), done());
    assert!(!kept.path("").exists(), "looking made something");

    assert_eq!(keeper.take(&lease).await.unwrap(), done());

    let written = fs::read_to_string(kept.path("lease.json")).unwrap();
    assert_eq!(Lease::read(&written), lease);
    let mode = |name: &str| fs::metadata(kept.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(""), mode("journal"), mode("lease.json")),
        (0o700, 0o700, 0o600)
    );
    keeper.end().await;
    assert!(!kept.path("lease.json").exists(), "the lease is let go");
}

#[tokio::test]
async fn given_an_owner_when_another_one_asks_then_it_is_told_who_has_the_lease_at_which_step() {
    let kept = Kept::new();
    let (one, first) = kept.keeper().await;
    let (other, second) = kept.keeper().await;
    assert_eq!(one.take(&first).await.unwrap(), done());
    let at = first.at("stop portsip.dataflow");
    assert_eq!(one.step(&at).await.unwrap(), done());

    assert_eq!(other.look().await.unwrap(), Answer::Held(at.clone()));
    assert_eq!(other.take(&second).await.unwrap(), Answer::Held(at));

    one.end().await;
    assert_eq!(other.take(&second).await.unwrap(), done());
}

#[tokio::test]
async fn given_two_contenders_at_the_same_instant_when_both_take_then_one_has_it_each_time() {
    let kept = Kept::new();
    for _ in 0..20 {
        let ((one, first), (other, second)) = (kept.keeper().await, kept.keeper().await);
        let answers = tokio::join!(one.take(&first), other.take(&second));
        let (a, b) = (answers.0.unwrap(), answers.1.unwrap());
        assert!(
            matches!(
                (&a, &b),
                (Answer::Done(_), Answer::Held(_)) | (Answer::Held(_), Answer::Done(_))
            ),
            "{a:?} {b:?}"
        );
        one.end().await;
        other.end().await;
    }
}

#[tokio::test]
async fn given_a_silent_owner_when_its_time_is_over_then_another_one_takes_it_and_the_first_is_told()
 {
    let kept = Kept::expiring(5);
    let ((one, first), (other, second)) = (kept.keeper().await, kept.keeper().await);
    assert_eq!(one.take(&first).await.unwrap(), done());
    kept.silence(4);
    assert!(matches!(
        other.take(&second).await.unwrap(),
        Answer::Held(_)
    ));
    kept.silence(6);

    assert_eq!(other.look().await.unwrap(), done());
    let Answer::Done(_) = other.take(&second).await.unwrap() else {
        panic!("it was not given");
    };

    let lost = Answer::Lost(Some(second.clone()));
    assert_eq!(one.step(&first.at("next")).await.unwrap(), lost);
    assert_eq!(one.remember("{}").await.unwrap(), lost);
    assert_eq!(one.record("{\"last\":1}").await.unwrap(), lost);
    let journal = kept.path(&format!("journal/{}.jsonl", first.run));
    assert_eq!(fs::read_to_string(journal).unwrap(), "{\"last\":1}\n");
    assert!(!kept.path("deployment.json").exists());
    one.end().await;
    assert!(
        kept.path("lease.json").exists(),
        "it is not the first one's to let go"
    );
    assert_eq!(other.step(&second).await.unwrap(), done());
}

#[tokio::test]
async fn given_an_owner_that_was_silent_too_long_when_nobody_else_came_then_it_goes_on() {
    let kept = Kept::expiring(5);
    let (one, first) = kept.keeper().await;
    assert_eq!(one.take(&first).await.unwrap(), done());
    kept.silence(100);
    assert_eq!(one.step(&first.at("next")).await.unwrap(), done());
    let (other, second) = kept.keeper().await;
    assert!(matches!(
        other.take(&second).await.unwrap(),
        Answer::Held(_)
    ));
}

#[tokio::test]
async fn given_a_clock_that_was_set_back_when_taken_then_a_lease_from_a_time_to_come_is_none() {
    let kept = Kept::new();
    let ((one, first), (other, second)) = (kept.keeper().await, kept.keeper().await);
    assert_eq!(one.take(&first).await.unwrap(), done());
    kept.silence(-3600);
    assert_eq!(other.take(&second).await.unwrap(), done());
}

#[tokio::test]
async fn given_an_owner_with_nothing_to_ask_when_it_waits_then_its_heart_beats() {
    let mut kept = Kept::expiring(5);
    kept.place.beat = Duration::from_millis(50);
    let (one, first) = kept.keeper().await;
    assert_eq!(one.take(&first).await.unwrap(), done());
    kept.silence(60);
    let (other, _) = kept.keeper().await;
    until("a heartbeat", async || {
        matches!(other.look().await.unwrap(), Answer::Held(_))
    })
    .await;
}

#[tokio::test]
async fn given_an_owner_that_is_dropped_when_in_the_middle_then_the_lease_frees_itself() {
    let kept = Kept::new();
    let (one, first) = kept.keeper().await;
    assert_eq!(one.take(&first).await.unwrap(), done());
    drop(one);
    until("the lease to be let go", async || {
        !kept.path("lease.json").exists()
    })
    .await;
}

#[tokio::test]
async fn given_an_input_that_ends_or_a_hang_up_when_killed_then_the_lease_frees_itself() {
    for signal in [None, Some("HUP"), Some("TERM"), Some("INT")] {
        let kept = Kept::new();
        let mut child = std::process::Command::new("sh")
            .args([
                "-c",
                SCRIPT,
                "keeper",
                &kept.place.directory,
                "20261124T114500Z-4f2a",
                "30",
                "200",
            ])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, b"take {}\n").unwrap();
        until("the lease", async || kept.path("lease.json").exists()).await;
        match signal {
            None => drop(input),
            Some(name) => {
                let id = child.id().to_string();
                let sent = std::process::Command::new("kill")
                    .args(["-s", name, &id])
                    .status();
                assert!(sent.unwrap().success());
            }
        }
        until("the keeper to end", async || {
            child.try_wait().unwrap().is_some()
        })
        .await;
        assert!(!kept.path("lease.json").exists(), "{signal:?}");
    }
}

#[tokio::test]
async fn given_a_holder_when_its_lease_is_seized_then_it_is_told_by_whom() {
    let kept = Kept::new();
    let ((one, first), (other, second)) = (kept.keeper().await, kept.keeper().await);
    assert_eq!(one.take(&first).await.unwrap(), done());
    assert_eq!(
        other.seize(&second).await.unwrap(),
        Answer::Done(line(&first))
    );
    assert_eq!(one.step(&first).await.unwrap(), Answer::Lost(Some(second)));
    other.end().await;
    assert_eq!(one.step(&first).await.unwrap(), Answer::Lost(None));
}

#[tokio::test]
async fn given_a_torn_huge_or_hostile_lease_when_live_then_it_is_held_and_when_silent_it_is_taken()
{
    let huge = "x".repeat(1024 * 1024);
    for written in [
        "",
        "{\"run\":\"2026",
        "\u{1b}[2J",
        "held {}\nok\nok",
        huge.as_str(),
        "\0\0ok",
    ] {
        let kept = Kept::expiring(5);
        fs::create_dir(kept.path("")).unwrap();
        fs::write(kept.path("lease.json"), written).unwrap();
        let (keeper, lease) = kept.keeper().await;
        let Answer::Held(holder) = keeper.take(&lease).await.unwrap() else {
            panic!("it was given");
        };
        assert_eq!(holder.to_string(), "somebody who left no name");
        assert!(matches!(keeper.look().await.unwrap(), Answer::Held(_)));
        kept.silence(6);
        assert_eq!(keeper.take(&lease).await.unwrap(), done());
    }
}

#[tokio::test]
async fn given_a_place_that_cannot_be_written_when_taken_then_the_reason_is_told() {
    let kept = Kept::new();
    fs::write(&kept.place.directory, "a file").unwrap();
    let (keeper, lease) = kept.keeper().await;
    let Answer::Failed(why) = keeper.take(&lease).await.unwrap() else {
        panic!("it was given");
    };
    assert!(why.contains("exists"), "{why}");

    let kept = Kept::new();
    fs::create_dir_all(kept.path("lease.json")).unwrap();
    let (keeper, lease) = kept.keeper().await;
    let Answer::Failed(why) = keeper.take(&lease).await.unwrap() else {
        panic!("it was given");
    };
    assert!(why.ends_with("lease.json is a directory"), "{why}");
}

#[tokio::test]
async fn given_records_when_written_then_each_is_a_line_as_it_was() {
    let kept = Kept::new();
    let (keeper, lease) = kept.keeper().await;
    assert_eq!(keeper.take(&lease).await.unwrap(), done());
    let records = [
        r#"{"why":"a \"b\" \\ %s $(id) `id`"}"#,
        "{\"was\":\"größer\"}",
        "  {\"spaces\":  1}  ",
    ];
    for record in records {
        assert_eq!(keeper.record(record).await.unwrap(), done());
    }
    let journal = kept.path(&format!("journal/{}.jsonl", lease.run));
    assert_eq!(
        fs::read_to_string(journal).unwrap(),
        records.map(|record| format!("{record}\n")).concat()
    );
}

#[tokio::test]
async fn given_a_full_disk_when_recorded_then_it_fails_with_the_reason_and_the_next_one_begins_on_a_line_of_its_own()
 {
    let kept = Kept::new();
    let (keeper, lease) = kept.keeper().await;
    assert_eq!(keeper.take(&lease).await.unwrap(), done());
    let journal = kept.path(&format!("journal/{}.jsonl", lease.run));
    symlink("/dev/full", &journal).unwrap();
    let Answer::Failed(why) = keeper.record("{\"one\":1}").await.unwrap() else {
        panic!("it was written");
    };
    assert!(why.ends_with("No space left on device"), "{why}");
    fs::remove_file(&journal).unwrap();
    fs::write(&journal, "{\"on").unwrap();
    assert_eq!(keeper.record("{\"two\":2}").await.unwrap(), done());
    assert_eq!(
        fs::read_to_string(&journal).unwrap(),
        "{\"on\n{\"two\":2}\n"
    );
}

#[tokio::test]
async fn given_many_runs_when_another_one_begins_then_the_oldest_go_and_other_files_stay() {
    let mut kept = Kept::new();
    kept.place.runs = 3;
    fs::create_dir_all(kept.path("journal")).unwrap();
    for name in [
        "20250101T000001Z-0000.jsonl",
        "20250101T000002Z-0000.jsonl",
        "20250101T000003Z-0000.jsonl",
        "notes.txt",
    ] {
        fs::write(kept.path("journal").join(name), "").unwrap();
    }
    let (keeper, lease) = kept.keeper().await;
    assert_eq!(keeper.take(&lease).await.unwrap(), done());
    assert_eq!(keeper.record("{}").await.unwrap(), done());
    let mut left: Vec<String> = fs::read_dir(kept.path("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    let expected = [
        "20250101T000002Z-0000.jsonl",
        "20250101T000003Z-0000.jsonl",
        &format!("{}.jsonl", lease.run),
        "notes.txt",
    ];
    assert_eq!(left, expected);
}

#[tokio::test]
async fn given_a_deployment_when_remembered_then_it_is_recalled_as_it_was() {
    let kept = Kept::new();
    let (keeper, lease) = kept.keeper().await;
    assert_eq!(keeper.recall().await.unwrap(), done());
    assert_eq!(keeper.take(&lease).await.unwrap(), done());
    let what = r#"{"pbx":"1.2.3.4","quote":"\"\\"}"#;
    assert_eq!(keeper.remember(what).await.unwrap(), done());
    assert_eq!(
        keeper.recall().await.unwrap(),
        Answer::Done(what.to_owned())
    );
}

#[tokio::test]
async fn given_a_keeper_that_is_gone_when_asked_then_it_says_so() {
    let host = Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap();
    let (near, far) = tokio::io::duplex(64);
    let keeper = Keeper::over(Box::new(near), &host, &Place::default());
    drop(far);
    for _ in 0..2 {
        let error = keeper.look().await.unwrap_err();
        assert!(matches!(error, HostError::ConnectionLost { .. }), "{error}");
    }
    keeper.end().await;
}

#[tokio::test]
async fn given_an_answer_without_an_end_when_asked_then_it_is_given_up() {
    let host = Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap();
    let (near, mut far) = tokio::io::duplex(64 * 1024);
    let keeper = Keeper::over(Box::new(near), &host, &Place::default());
    let flood = tokio::spawn(async move { while far.write_all(&[b'x'; 4096]).await.is_ok() {} });
    let error = keeper.look().await.unwrap_err();
    assert!(matches!(error, HostError::ConnectionLost { .. }), "{error}");
    keeper.end().await;
    flood.await.unwrap();
}
