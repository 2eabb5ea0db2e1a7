//! `dataflow preflight` over SSH and `dataflow-preflight` on a machine, by users who may see more or less.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{Ended, Lab, Machine, OF_THE_MACHINE, Program, ignoring};
use serde_json::Value;

fn report(ended: &Ended) -> Value {
    let line: Value = serde_json::from_str(&ended.stdout).expect("one line of JSON");
    line["result"].clone()
}

fn finding<'report>(report: &'report Value, id: &str) -> &'report Value {
    let findings = report["findings"].as_array().expect("findings");
    let found = findings.iter().find(|found| found["id"] == id);
    found.expect("every check is in the report")
}

fn preflight(lab: &Lab, user: &str, more: &[&str]) -> Program {
    let key = lab.key.to_str().expect("a path");
    let mut arguments = vec!["--identity", key, "--output", "json", "preflight"];
    arguments.extend(ignoring(OF_THE_MACHINE));
    arguments.extend(more);
    lab.dataflow_as(user, arguments)
}

#[test]
fn every_user_gets_a_full_report_and_what_cannot_be_seen_is_unknown() {
    let lab = Lab::open();
    let password = lab.password("pbx");
    let sudo = "account.sudo";
    for (what, program, state, seen) in [
        (
            "sudo",
            preflight(&lab, "ubuntu", &[]),
            "pass",
            "without a password",
        ),
        (
            "root",
            preflight(&lab, "root", &[]),
            "pass",
            "root needs none",
        ),
        (
            "sudo with its password",
            preflight(&lab, "pbx", &[]).env("DATAFLOW_SUDO_PASSWORD", &password),
            "pass",
            "with the password",
        ),
        (
            "no password",
            preflight(&lab, "pbx", &[]),
            "unknown",
            "sudo wants a password",
        ),
        (
            "no sudo",
            preflight(&lab, "plain", &[]),
            "unknown",
            "sudo wants a password",
        ),
    ] {
        let ended = program.run();
        let report = report(&ended);
        let found = finding(&report, sudo);

        // What is not of the machine below is as it should be, or can't be seen.
        assert_eq!(ended.code, Some(0), "{what}: {ended:?}");
        assert_eq!(report["counts"]["error"], 0, "{what}: {report}");
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(56));
        assert_eq!(report["counts"]["crashed"], 0);
        assert_eq!(found["state"], state, "{what}: {found}");
        assert!(
            found["seen"]
                .as_str()
                .is_some_and(|text| text.contains(seen)),
            "{what}: {found}"
        );
        let firewall = finding(&report, "network.firewall")["state"].clone();
        assert_eq!(firewall == "unknown", state == "unknown", "{what}");
        let engine = finding(&report, "docker.engine")["state"].clone();
        assert_eq!(engine == "unknown", state == "unknown", "{what}");
        assert_eq!(finding(&report, "time.sync")["state"], "pass");
        assert_eq!(finding(&report, "network.private-ip")["state"], "pass");
    }
}

#[test]
fn given_what_must_not_be_there_then_every_user_is_told_and_no_one_gets_status_0() {
    let lab = Lab::open();
    let _vpn = lab.openvpn();
    for user in ["ubuntu", "root", "pbx", "plain"] {
        let ended = preflight(&lab, user, &[]).run();
        let report = report(&ended);
        assert_eq!(ended.code, Some(1), "{user}: {ended:?}");
        assert_eq!(report["counts"]["error"], 1, "{user}: {report}");
        assert_eq!(finding(&report, "forbidden.vpn")["state"], "error");
    }
}

#[test]
fn a_server_that_can_be_reached_in_one_connection_is_asked_in_one() {
    let lab = Lab::open();
    let end = lab.ssh_log_end();
    let _ = preflight(&lab, "ubuntu", &[]).run();
    assert_eq!(lab.connections_since(&end), 1);
}

#[test]
fn given_no_such_check_when_it_is_ignored_then_no_server_is_asked() {
    let lab = Lab::open();
    let end = lab.ssh_log_end();
    let ended = preflight(&lab, "ubuntu", &["--ignore", "cpu.cout"]).run();

    assert_eq!(ended.code, Some(2));
    assert!(ended.stdout.contains("cpu.count"), "{ended:?}");
    assert_eq!(lab.connections_since(&end), 0);
}

/// What differs from one second to the next, or by who asks.
fn same(mut facts: Value) -> Value {
    for gone in ["host", "account", "time", "software"] {
        facts[gone] = Value::Null;
    }
    facts["memory"]["available"] = Value::Null;
    facts["storage"]["data"]["free"] = Value::Null;
    facts["storage"]["docker"]["free"] = Value::Null;
    facts["kernel"]["nofile"] = Value::Null;
    facts
}

#[test]
fn the_program_on_the_server_and_the_verb_over_ssh_see_the_same_machine() {
    let lab = Lab::open();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("facts.json");
    let path = file.to_str().expect("a path");
    let _ = preflight(&lab, "root", &["--save-facts", path]).run();
    let over_ssh = std::fs::read_to_string(&file).expect("facts were recorded");
    let over_ssh: Value = serde_json::from_str(&over_ssh).expect("facts");

    lab.bring_preflight();
    let on_it = lab.exec("dataflow-preflight --save-facts -; rm /usr/local/bin/dataflow-preflight");
    let on_it: Value = serde_json::from_str(&on_it).expect("facts");

    assert_eq!(over_ssh["account"]["user"], on_it["account"]["user"]);
    assert_eq!(
        over_ssh["software"]["packages"],
        on_it["software"]["packages"]
    );
    assert_eq!(over_ssh["software"]["units"], on_it["software"]["units"]);
    assert_eq!(same(over_ssh), same(on_it));
}

#[test]
fn inside_a_container_its_limits_count() {
    let lab = Lab::open();
    let machine = Machine::start(&lab, &["--cpus", "1.5", "--memory", "3g"]);

    assert_eq!(
        machine.finding("cpu.count"),
        (
            "error".to_owned(),
            "1.5 vCPU (the container's limit)".to_owned()
        )
    );
    assert_eq!(
        machine.finding("memory.size"),
        (
            "error".to_owned(),
            "3.0 GiB (the container's limit)".to_owned()
        )
    );
}

#[test]
fn a_disk_of_its_own_is_what_counts_for_the_data_path() {
    let lab = Lab::open();
    let machine = Machine::start(&lab, &["--tmpfs", "/data:size=64m"]);
    let output = machine.run(
        &[],
        "dataflow-preflight --output json -p /data/not/there/yet",
    );
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");

    let size = finding(&report, "disk.size");
    assert!(
        size["seen"]
            .as_str()
            .is_some_and(|seen| seen.starts_with("0.0 GB at /data")),
        "{size}"
    );
    assert_eq!(finding(&report, "disk.file-system")["state"], "error");
}

#[test]
fn a_user_without_sudo_gets_a_report_on_the_machine_itself_too() {
    let lab = Lab::open();
    let machine = Machine::start(&lab, &[]);
    let output = machine.run(&["--user", "nobody"], "dataflow-preflight --output json");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(finding(&report, "network.firewall")["state"], "unknown");
    assert_eq!(report["counts"]["crashed"], 0);
}

#[test]
fn write_latency_is_measured_on_the_server_only_where_it_is_asked_for_and_nothing_is_left() {
    let lab = Lab::open();
    for user in ["ubuntu", "root"] {
        let report = report(&preflight(&lab, user, &["--disk-probe"]).run());
        let latency = finding(&report, "disk.latency");
        let seen = latency["seen"].as_str().expect("text");
        assert!(seen.contains("each by a dd of its own"), "{latency}");
        assert_eq!(lab.exec("find / -xdev -name '.dataflow-disk-probe*'"), "");
    }
    let report = report(&preflight(&lab, "ubuntu", &[]).run());
    assert_eq!(finding(&report, "disk.latency")["state"], "skipped");
}
