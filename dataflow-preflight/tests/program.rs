//! The program as an operator runs it.

#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use dataflow_core::facts::Facts;

fn preflight(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dataflow-preflight"))
        .args(args)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Recorded facts of a kind of machine.
fn recorded(directory: &Path, machine: &str) -> PathBuf {
    let probe = format!("../dataflow-core/fixtures/machines/{machine}.probe");
    let text = std::fs::read(probe).unwrap();
    let facts = Facts::of_probe(&text, machine, "/var/lib/portsip");
    let path = directory.join(format!("{machine}.json"));
    std::fs::write(&path, facts.to_json().unwrap()).unwrap();
    path
}

#[test]
fn this_machine_gets_a_report_with_every_check() {
    let output = preflight(&["--output", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();

    assert!(matches!(output.status.code(), Some(0 | 1)));
    assert_eq!(report["schema"], 1);
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        dataflow_core::preflight::all().count()
    );
    assert_eq!(report["counts"]["crashed"], 0);
    assert_eq!(stderr(&output), "");
}

#[test]
fn facts_that_were_recorded_are_judged_as_the_machine_itself() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("facts.json");
    let file = file.to_str().unwrap();

    let here = preflight(&["--save-facts", file]);
    let elsewhere = preflight(&["--facts", file]);

    assert_eq!(stdout(&here), stdout(&elsewhere));
    assert_eq!(here.status, elsewhere.status);
}

#[test]
fn the_exit_status_tells_how_it_stands() {
    let directory = tempfile::tempdir().unwrap();
    let fine = recorded(directory.path(), "ec2-m6i");
    let small = recorded(directory.path(), "ec2-t3");
    let (fine, small) = (fine.to_str().unwrap(), small.to_str().unwrap());

    for (args, status) in [
        (vec!["--facts", fine], 0),
        (vec!["--facts", fine, "--strict"], 4),
        (
            vec![
                "--facts",
                fine,
                "--strict",
                "--ignore",
                "disk.kind",
                "--ignore",
                "time.skew",
            ],
            0,
        ),
        (vec!["--facts", small], 1),
        (
            vec![
                "--facts",
                small,
                "--ignore",
                "cpu.count",
                "--ignore",
                "disk.size",
            ],
            0,
        ),
        (vec!["--facts", fine, "--pbx-user", "pbx"], 1),
        (vec!["--facts", fine, "--private-ip", "172.31.16.158"], 0),
        (vec!["--facts", fine, "--private-ip", "172.31.16.1"], 1),
        (vec!["--facts", "/nowhere"], 2),
        (vec!["--facts", "/etc/hostname"], 2),
        (vec!["--ignore", "cpu.cout"], 2),
        (vec!["--data-path", "/etc"], 2),
        (vec!["--nonsense"], 2),
        (vec!["--help"], 0),
    ] {
        let output = preflight(&args);
        assert_eq!(
            output.status.code(),
            Some(status),
            "{args:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn given_a_machine_without_a_shell_then_it_could_not_run() {
    let output = Command::new(env!("CARGO_BIN_EXE_dataflow-preflight"))
        .env("PATH", "/nowhere")
        .output()
        .unwrap();

    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).starts_with("error: "));
    assert_eq!(stdout(&output), "");
}

#[test]
fn given_a_mistyped_check_then_the_right_one_is_named() {
    let output = preflight(&["--explain", "disk.sise"]);

    insta::assert_snapshot!(stderr(&output), @r#"
    error: there is no check "disk.sise"
    next: Did you mean disk.size? `--explain all` of the preflight names them all.
    "#);
}

#[test]
fn a_check_explains_itself() {
    let output = preflight(&["--explain", "memory.per-cpu"]);

    insta::assert_snapshot!(stdout(&output), @"
    memory.per-cpu: Memory for each CPU

    Required: vCPU x 4 GB
    By: guide: Hardware Requirements (Hardware Sizing Formula)

    The guide contradicts itself: its minimum is 4 vCPU with 8 GB, its formula for large deployments (8 vCPU and more) is vCPU x 4 GB, which makes 16 GB of 4 vCPU. So on the standard profile memory below the formula is a warning only, and on the large-scale profile an error; below 8 GB is an error in any case (memory.size).
    ");
}

#[test]
fn the_disk_probe_measures_and_leaves_nothing_behind() {
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/data");
    let output = preflight(&["--disk-probe", "--save-facts", "-", "-p", path]);
    let facts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let directory = facts["storage"]["data"]["path"].as_str().unwrap();
    let left = std::fs::read_dir(directory).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with(".dataflow-disk-probe")
    });

    assert!(
        facts["storage"]["write_latency"]["p99"]["known"].is_u64(),
        "{}",
        facts["storage"]["write_latency"]
    );
    assert_eq!(left.count(), 0);
}

#[test]
fn a_report_for_ci_is_well_formed() {
    let directory = tempfile::tempdir().unwrap();
    let file = recorded(directory.path(), "laptop");
    let output = preflight(&["--facts", file.to_str().unwrap(), "--output", "junit"]);
    let text = stdout(&output);

    assert_eq!(
        text.matches("<testcase").count(),
        dataflow_core::preflight::all().count()
    );
    assert!(text.trim_end().ends_with("</testsuites>"));
}

#[test]
fn aws_is_asked_as_its_own_programs_are_told_to() {
    let with = |name: &str, value: &str| {
        Command::new(env!("CARGO_BIN_EXE_dataflow-preflight"))
            .args(["--output", "json"])
            .env(name, value)
            .output()
            .unwrap()
    };
    let wrong = with("AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("AWS_EC2_METADATA_SERVICE_ENDPOINT"));

    let found = |output: &Output| {
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        let kind = |found: &serde_json::Value| found["id"] == "aws.instance-type";
        findings.into_iter().find(kind).unwrap()
    };
    // A port where nothing can listen: the program itself does not.
    let silent = found(&with(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "http://127.0.0.1:1",
    ));
    assert_eq!(silent["state"], "unknown");
    let off = found(&with("AWS_EC2_METADATA_DISABLED", "true"));
    assert_eq!(off["state"], "skipped");
    assert!(
        off["seen"]
            .as_str()
            .unwrap()
            .contains("AWS_EC2_METADATA_DISABLED")
    );
}
