//! A `run` or `upgrade` that is killed at any point is finished by the same command; one that is interrupted puts back what it can.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE, wait_until};

/// Starts the program and signals it when the given number of events of this kind have been seen; its exit code, what it said, and
/// whether it got that far.
fn signalled_after(
    lab: &Lab,
    arguments: &[&str],
    event: &str,
    count: usize,
    name: &str,
) -> (Option<i32>, String, bool) {
    let all = ["--output", "json"].iter().chain(arguments);
    let mut running = lab.dataflow(all).running();
    let reached = running.reaches(&format!("step-{event}"), count);
    if reached {
        running.signal(name);
    }
    let ended = running.end();
    (ended.code, ended.stdout + &ended.stderr, reached)
}

/// Kills the command at the beginning of its first step, then of its second, and so on, each time from where the last one
/// left the server; then finishes it. Gives how many times it was killed.
fn finishes_though_killed(lab: &Lab, arguments: &[&str], at: &str) -> usize {
    let mut kills = 0;
    for count in 1.. {
        let (_, _, reached) = signalled_after(lab, arguments, at, count, "KILL");
        if !reached {
            break;
        }
        kills += 1;
    }
    let _ = lab.dataflow(arguments).run().expect_success();
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
    kills
}

#[test]
fn given_a_run_that_is_killed_at_every_step_when_run_again_then_it_finishes() {
    for at in ["started", "done"] {
        let lab = Lab::empty();
        let kills = finishes_though_killed(&lab, &["run"], at);
        assert!(kills > 1, "killed {kills} times at step-{at}");
    }
}

#[test]
fn given_a_run_that_is_killed_at_one_step_of_a_fresh_deploy_when_run_again_then_it_finishes() {
    for count in [2, 5, 6, 8] {
        let lab = Lab::empty();
        let (_, _, reached) = signalled_after(&lab, &["run"], "started", count, "KILL");
        assert!(reached, "step {count}");
        let _ = lab.dataflow(["run"]).run().expect_success();
        assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE], "step {count}");
        lab.wait_for_more_rows();
    }
}

#[test]
fn given_an_upgrade_that_is_killed_at_every_step_when_upgraded_again_then_it_finishes_with_all_rows()
 {
    for at in ["started", "done"] {
        let lab = Lab::deployed();
        let rows = lab.rows();
        let upgrade = [
            "upgrade",
            "-i",
            "portsip/pbx:22.4",
            "-d",
            "portsip/clickhouse:26.3",
        ];
        let kills = finishes_though_killed(&lab, &upgrade, at);
        assert!(kills > 1, "killed {kills} times at step-{at}");
        assert!(lab.rows() > rows, "rows are kept");
        let version = |name: &str| lab.inspect(name)["Config"]["Labels"]["version"].clone();
        assert_eq!(
            (version(CLICKHOUSE), version(SERVICE)),
            ("26.3.1".into(), "22.4.0".into())
        );
    }
}

#[test]
fn given_an_upgrade_when_interrupted_then_the_old_service_runs_again() {
    let lab = Lab::deployed();
    let ids = || [CLICKHOUSE, SERVICE].map(|name| lab.inspect(name)["Id"].clone());
    let before = ids();
    let upgrade = ["--pull", "missing", "-i", "portsip/pbx:22.4"];
    lab.exec("docker pull --quiet portsip/pbx:22.4");
    // Step 1 stops the old service, step 5 has started the new one.
    for count in [1, 2, 4, 6] {
        let arguments = [&["upgrade"][..], &upgrade].concat();
        let (code, said, reached) = signalled_after(&lab, &arguments, "started", count, "INT");
        assert!(reached, "step {count}: {said}");
        assert_eq!(code, Some(1), "step {count}: {said}");
        assert!(said.contains("interrupted"), "step {count}: {said}");
        assert_eq!(ids(), before, "step {count}: {said}");
        assert_eq!(
            lab.container_names(),
            [CLICKHOUSE, SERVICE],
            "step {count}: {said}"
        );
        lab.wait_for_more_rows();
    }
}

#[test]
fn given_a_fresh_run_when_interrupted_then_no_container_is_left_and_the_next_run_works() {
    let lab = Lab::empty();
    let (code, said, reached) = signalled_after(&lab, &["run"], "started", 5, "INT");
    assert!(reached && code == Some(1), "{code:?} {said}");
    wait_until("no container to be left", Duration::from_secs(10), || {
        lab.container_names().is_empty()
    });
    let _ = lab.dataflow(["run"]).run().expect_success();
    lab.wait_for_more_rows();
}
