//! Two operators at once: one works, the other one is told who does, and since when; and the lock never outlives its owner.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Ended, Lab, Program, Running, SERVICE, wait_until};

/// How often two runs are started at the same instant.
const ROUNDS: usize = 50;

/// How long a lock may take to be free once its owner is gone.
const FREED: Duration = Duration::from_secs(5);

const LEASE: &str = "/var/lib/dataflow/lease.json";

/// The program as one of two operators starts it.
fn as_operator(lab: &Lab, name: &str, arguments: &[&str]) -> Program {
    lab.dataflow(arguments)
        .env("USER", name)
        .env("SUDO_USER", "")
}

/// A run for another PBX that is being carried out.
fn running(lab: &Lab, name: &str) -> Running {
    let arguments = ["--output", "json", "run", "-x", "198.18.16.134"];
    as_operator(lab, name, &arguments).running()
}

/// The same in the middle of the one step that lasts: it sees the service keep running.
fn at_work(lab: &Lab, name: &str) -> Running {
    let mut running = running(lab, name);
    assert!(running.reaches("waiting", 1));
    running
}

/// The runs that the server's journal has, by name, each with what began it.
fn journal(lab: &Lab) -> Vec<String> {
    let lines = lab.exec("cd /var/lib/dataflow/journal && grep -H '\"record\":\"begun\"' *.jsonl");
    lines.lines().map(str::to_owned).collect()
}

/// The outcome of the newest run, and all that the journal tells of it.
fn newest(lab: &Lab, verb: &str) -> serde_json::Value {
    let history = lab.dataflow(["--output", "json", "history"]).run();
    let history = history.expect_success().json();
    let runs = history["result"]["runs"].as_array().expect("runs");
    let found = runs.iter().find(|run| run["verb"] == verb);
    found.expect("a run of this verb").clone()
}

fn wait_until_free(lab: &Lab) {
    wait_until("the lock to be free", FREED, || {
        !lab.holds(&format!("test -e {LEASE}"))
    });
}

fn assert_locked(ended: &Ended, holder: &str) {
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains(&format!("has the lock: {holder} on ")),
        "{ended:?}"
    );
}

#[test]
fn given_two_runs_started_at_the_same_instant_when_repeated_then_exactly_one_changes_things_each_time()
 {
    let lab = Lab::deployed();
    let mut refused = 0;
    let before = journal(&lab).len();
    for round in 0..ROUNDS {
        let pbx = format!("198.18.16.{}", 134 + round % 2);
        let began = lab.exec("date +%s.%N");
        let both = ["alice", "bob"].map(|name| {
            let program = as_operator(&lab, name, &["run", "-x", &pbx]);
            let child = program.start();
            (name, child)
        });
        let both = both.map(|(name, child)| {
            let output = child.wait_with_output().expect("dataflow ends");
            let ended = Ended {
                code: output.status.code(),
                stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
                stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            };
            (name, ended)
        });

        let begun = journal(&lab);
        assert_eq!(begun.len(), before + round + 1, "round {round}: {both:?}");
        let last = begun.last().expect("a run");
        let is_winner = |name: &str| last.contains(&format!("\"user\":\"{name}\""));
        let made = lab.exec(&format!(
            "docker events --since {} --until $(date +%s.%N) --filter event=create --format '{{{{.Actor.Attributes.name}}}}'",
            began.trim()
        ));
        assert_eq!(made.lines().collect::<Vec<_>>(), [SERVICE], "round {round}");
        for (name, ended) in &both {
            if is_winner(name) {
                assert_eq!(ended.code, Some(0), "round {round}: {both:?}");
                assert!(
                    ended.stdout.contains("is as wanted and works\n"),
                    "{ended:?}"
                );
            } else if ended.code == Some(0) {
                // It looked when the other one was done.
                assert!(ended.stdout.contains("nothing was changed"), "{ended:?}");
            } else {
                let winner = if *name == "alice" { "bob" } else { "alice" };
                assert_locked(ended, winner);
                assert!(ended.stderr.contains("(dataflow run, since 2"), "{ended:?}");
                refused += 1;
            }
        }
    }
    assert!(refused > ROUNDS / 2, "only {refused} were refused");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
}

#[test]
fn given_an_operation_at_work_when_another_one_begins_then_it_is_told_who_and_may_wait_for_its_end()
{
    let lab = Lab::deployed();
    let running = at_work(&lab, "alice");
    running.signal("STOP");
    let before = lab.containers();

    let refused: Vec<String> = [
        &["run"][..],
        &["upgrade"],
        &["restart"],
        &["rm"],
        &["unlock"],
    ]
    .into_iter()
    .map(|verb| {
        let ended = as_operator(&lab, "bob", verb).run();
        assert_locked(&ended, "alice");
        format!("== {}\n{}", verb[0], ended.snapshot())
    })
    .collect();
    insta::assert_snapshot!("locked", refused.join("\n\n"));
    let as_json = as_operator(&lab, "bob", &["--output", "json", "run"]).run();
    assert!(
        as_json.stdout.contains("\"kind\":\"locked\""),
        "{as_json:?}"
    );
    assert_eq!(lab.containers(), before);
    // Who only looks is not held up.
    let status = lab.dataflow(["status"]).run();
    assert_ne!(status.code, Some(5), "{status:?}");
    assert_eq!(newest(&lab, "run")["outcome"], "at-work");

    let impatient = as_operator(&lab, "bob", &["stop", "--wait=1"]).run();
    assert_locked(&impatient, "alice");
    assert!(
        impatient.stderr.contains("waiting for alice on "),
        "{impatient:?}"
    );
    let arguments = ["--output", "json", "stop", "--wait"];
    let mut patient = as_operator(&lab, "bob", &arguments).running();
    assert!(patient.reaches("waiting-for-lock", 2), "it waits");
    running.signal("CONT");
    assert_eq!(running.end().code, Some(0));
    let patient = patient.end();
    assert_eq!(patient.code, Some(0), "{patient:?}");
    assert!(lab.exec("docker ps --quiet").is_empty(), "nothing runs");
    assert_eq!(newest(&lab, "stop")["user"], "bob");
    assert_eq!(newest(&lab, "run")["outcome"], "done");
}

#[test]
fn given_an_owner_that_is_killed_in_mid_run_when_run_again_then_the_lock_is_free_and_it_finishes() {
    let lab = Lab::deployed();
    let running = at_work(&lab, "alice");
    assert!(lab.holds(&format!("test -e {LEASE}")));

    running.signal("KILL");

    wait_until_free(&lab);
    assert_eq!(newest(&lab, "run")["outcome"], "not-finished");
    let again = lab.dataflow(["run", "-x", "198.18.16.134"]).run();
    let _ = again.expect_success();
    assert_eq!(newest(&lab, "run")["outcome"], "done");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
}

/// The first operation comes back when the second one, which waited for its time to be over, is done.
fn comes_back_too_late(first: Running, lab: &Lab) {
    first.signal("STOP");
    let waited = as_operator(lab, "bob", &["run", "-x", "198.18.16.135", "--wait=90"]).run();
    let waited = waited.expect_success();
    assert!(
        waited.stderr.contains("waiting for alice on "),
        "{waited:?}"
    );
    let containers = lab.containers();
    first.signal("CONT");
    let lost = first.end();

    assert_eq!(lost.code, Some(1), "{lost:?}");
    assert!(lost.stdout.contains("the lock was lost"), "{lost:?}");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    assert_eq!(lab.containers(), containers, "it touches nothing any more");
    let history = lab.dataflow(["--output", "json", "history"]).run().json();
    let outcome_of = |user: &str| {
        let runs = history["result"]["runs"].as_array().expect("runs");
        let run = runs.iter().find(|run| run["user"] == user);
        run.expect("a run of theirs")["outcome"].clone()
    };
    assert_eq!(
        (outcome_of("alice"), outcome_of("bob")),
        ("failed".into(), "done".into())
    );
    lab.wait_for_more_rows();
}

#[test]
fn given_an_owner_that_stands_still_while_it_waits_when_its_time_is_over_then_another_one_goes_on_and_it_ends()
 {
    let lab = Lab::deployed();
    comes_back_too_late(at_work(&lab, "alice"), &lab);
}

#[test]
fn given_an_owner_that_stands_still_as_it_stops_the_service_when_it_comes_back_then_the_next_ones_service_runs_on()
 {
    let lab = Lab::deployed();
    let mut first = running(&lab, "alice");
    assert!(
        first.reaches("step-started", 2),
        "it is told before it is done"
    );
    comes_back_too_late(first, &lab);
}

#[test]
fn given_an_owner_whose_network_is_cut_when_its_time_is_over_then_another_one_goes_on_and_it_ends_by_itself()
 {
    let lab = Lab::deployed();
    let first = at_work(&lab, "alice");
    let cut = lab.cut_ssh_connections();

    let waited = as_operator(&lab, "bob", &["run", "-x", "198.18.16.135", "--wait=90"]).run();
    let waited = waited.expect_success();
    assert!(
        waited.stderr.contains("waiting for alice on "),
        "{waited:?}"
    );
    let containers = lab.containers();
    let ended = first.end();

    assert_eq!(ended.code, Some(1), "{ended:?}");
    drop(cut);
    lab.wait_for_more_rows();
    assert_eq!(lab.containers(), containers, "it touches nothing any more");
}

#[test]
fn given_a_lock_when_taken_away_by_force_then_it_is_on_record_and_its_owner_stops_before_its_next_step()
 {
    let lab = Lab::deployed();
    let free = lab.dataflow(["unlock", "--force"]).run().expect_success();
    assert!(free.stdout.contains("nobody has the lock"), "{free:?}");
    let running = at_work(&lab, "alice");
    running.signal("STOP");

    let unlocked = as_operator(&lab, "bob", &["unlock", "--force"]).run();

    insta::assert_snapshot!("unlock", unlocked.expect_success().snapshot());
    wait_until_free(&lab);
    running.signal("CONT");
    let lost = running.end();
    assert_eq!(lost.code, Some(1), "{lost:?}");
    assert!(lost.stdout.contains("the lock was lost"), "{lost:?}");
    let taken = newest(&lab, "unlock");
    assert_eq!(
        (&taken["user"], &taken["outcome"]),
        (&"bob".into(), &"done".into())
    );
    let what = taken["steps"][0]["what"].as_str().expect("a step");
    assert!(
        what.starts_with("take the lock away from alice on "),
        "{what}"
    );
    let run = taken["run"].as_str().expect("a name");
    let shown = lab.dataflow(["history", run]).run().expect_success();
    insta::assert_snapshot!("history_of_an_unlock", shown.snapshot());
    let _ = lab.dataflow(["run"]).run().expect_success();
    lab.wait_for_more_rows();
}

#[test]
fn given_a_lease_that_makes_no_sense_when_run_then_it_is_somebodys_until_it_expires() {
    let lab = Lab::deployed();
    for written in [
        "",
        "{\"user\":\"mal",
        "\\033[2J\\nlease {}\\npassword-file",
        "{\"user\":\"\\\\u001b[2Jx\",\"verb\":\"run\"}",
    ] {
        lab.exec(&format!("printf '{written}' >{LEASE}"));
        let ended = lab.dataflow(["run"]).run();
        assert_eq!(ended.code, Some(5), "{written:?}: {ended:?}");
        assert!(!ended.stderr.contains("\u{1b}[2J"), "{ended:?}");
    }
    lab.exec(&format!(
        "head -c 50000000 /dev/zero | tr '\\0' x >{LEASE}; touch -d '-40 seconds' {LEASE}"
    ));
    let _ = lab.dataflow(["restart"]).run().expect_success();
    wait_until_free(&lab);
}

#[test]
fn given_a_journal_that_cannot_be_written_when_changed_then_nothing_is_changed() {
    let lab = Lab::deployed();
    lab.exec("mount -t tmpfs -o size=64k,mode=700 tmpfs /var/lib/dataflow; head -c 64k /dev/zero >/var/lib/dataflow/full || true");
    let before = lab.containers();

    let ended = lab.dataflow(["restart"]).run();

    lab.exec("umount /var/lib/dataflow");
    insta::assert_snapshot!("journal_on_a_full_disk", ended.snapshot());
    assert_eq!(lab.containers(), before);
}
