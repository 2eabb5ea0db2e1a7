//! A ClickHouse that takes its time, and a data disk that is not there.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE};

/// Sends a signal to ClickHouse's first process: STOP makes it hold its breath, as a server does that is loading its data.
fn signal(lab: &Lab, name: &str) {
    lab.exec(&format!(
        "kill -{name} $(docker inspect --format '{{{{.State.Pid}}}}' {CLICKHOUSE})"
    ));
}

/// Reads what the program tells until it waits for ClickHouse.
fn until_it_waits(child: &mut Child) {
    let stdout = child.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(stdout).lines();
    let waits = lines.any(|line| {
        line.is_ok_and(|line| line.contains("\"waiting\"") && line.contains("ClickHouse to answer"))
    });
    assert!(waits, "the program waits for ClickHouse, and says so");
    // What follows is read by nobody; a thread keeps the pipe open for it.
    std::thread::spawn(move || lines.for_each(drop));
}

#[test]
fn given_a_clickhouse_that_does_not_answer_yet_when_run_or_upgraded_then_it_is_waited_for() {
    let lab = Lab::deployed();
    for verb in [
        vec!["--output", "json", "run"],
        vec!["--output", "json", "upgrade", "-i", "portsip/pbx:22.4"],
    ] {
        signal(&lab, "STOP");
        let before = lab.inspect(SERVICE)["State"]["StartedAt"].clone();
        let mut child = lab.dataflow(&verb).start();
        until_it_waits(&mut child);
        assert_eq!(
            lab.inspect(SERVICE)["State"]["StartedAt"],
            before,
            "nothing was stopped before ClickHouse answers"
        );
        signal(&lab, "CONT");
        let status = child.wait().expect("it ends");
        assert!(status.success(), "{verb:?} ended with {status}");
    }
    lab.wait_for_more_rows();
}

#[test]
fn given_a_deployed_server_when_its_data_disk_is_missing_then_nothing_begins_anew() {
    let lab = Lab::deployed();
    let rows = lab.rows();
    // As after a reboot in which the disk was not mounted.
    lab.exec(&format!(
        "docker stop {SERVICE} {CLICKHOUSE} && mv /var/lib/portsip /var/lib/portsip.away"
    ));

    assert!(
        !lab.holds(&format!("docker start {CLICKHOUSE}")),
        "the engine makes no directory for it"
    );
    let refused = lab.dataflow(["run"]).run();
    assert_eq!(refused.code, Some(3), "{refused:?}");
    insta::assert_snapshot!(refused.snapshot());
    assert!(!lab.holds("test -e /var/lib/portsip"), "nothing was made");

    lab.exec("mv /var/lib/portsip.away /var/lib/portsip");
    let _ = lab.dataflow(["run"]).run().expect_success();
    assert!(lab.rows() >= rows, "the rows are there again");
}
