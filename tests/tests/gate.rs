//! What a server must be before `run` and `upgrade` change anything, and what `preflight --fix` mends.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::{fs, path::PathBuf, time::Duration};

use dataflow_tests::{Ended, Lab, OF_THE_MACHINE, Program, ignoring, wait_until};
use serde_json::{Value, json};

/// The lab's settings without what they ignore.
fn strict(lab: &Lab, arguments: &[&str]) -> Program {
    let text = fs::read_to_string(&lab.settings).expect("the lab's settings");
    let (before, ignored) = text.split_once("\nignore = ").expect("what is ignored");
    let (_, after) = ignored.split_once('\n').expect("more settings");
    let path: PathBuf = lab.settings.with_file_name("strict.toml");
    fs::write(&path, format!("{before}\n{after}")).expect("settings of our own");
    let path = path.to_str().expect("a path");
    Program::new([&["--config", path], arguments].concat())
}

/// These arguments, with what is of the machine ignored, and these checks too.
fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let checks = OF_THE_MACHINE.into_iter().chain(more.iter().copied());
    [arguments, ignoring(checks).as_slice()].concat()
}

/// The checks of a report that would be errors were they not ignored.
fn would_be_errors(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings");
    let ignored = findings.iter().filter(|found| found["ignored"] == "error");
    ignored
        .filter_map(|found| found["id"].as_str().map(str::to_owned))
        .collect()
}

fn result(ended: &Ended) -> Value {
    let last = ended.stdout.lines().last().expect("a line");
    serde_json::from_str::<Value>(last).expect("JSON")["result"].clone()
}

/// How many commands the server's sshd has begun since then.
fn commands_since(lab: &Lab, log_end: &str) -> usize {
    let mut log = String::new();
    wait_until("the connection to end", Duration::from_secs(10), || {
        log = lab.exec(&format!(
            "journalctl --sync; journalctl --identifier sshd --after-cursor '{log_end}' --output cat --quiet"
        ));
        log.contains("session closed for user")
    });
    log.matches("Starting session: command").count()
}

#[test]
fn given_a_server_that_is_not_fit_when_run_then_it_is_refused_and_nothing_is_touched() {
    let lab = Lab::empty();
    let _vpn = lab.openvpn();
    let before = lab.footprint();
    let ended = strict(&lab, &with(&["run"], &[])).run();

    assert_eq!(ended.code, Some(3), "{ended:?}");
    insta::assert_snapshot!("refused", ended.snapshot());
    // The plan of what would be refused is refused.
    let plan = strict(&lab, &with(&["plan"], &[])).run();
    assert_eq!(plan.code, Some(3), "{plan:?}");
    assert!(plan.stderr.contains("forbidden.vpn"), "{plan:?}");
    before.assert_unchanged(&lab);
}

#[test]
fn given_errors_that_are_ignored_when_run_then_it_works_and_they_are_on_record() {
    let lab = Lab::empty();
    let vpn = lab.openvpn();
    let arguments = ["--output", "json", "preflight"];
    let judged = strict(&lab, &with(&arguments, &["forbidden.vpn"])).run();
    let expected = would_be_errors(&result(&judged.expect_success()));
    let ended = strict(&lab, &with(&["run"], &["forbidden.vpn"])).run();
    let ended = ended.expect_success();

    assert!(
        ended.stderr.contains("forbidden.vpn is ignored: "),
        "{ended:?}"
    );
    let history = lab.dataflow(["--output", "json", "history"]).run();
    let run = result(&history)["runs"][0].clone();
    assert_eq!(run["ignored"], json!(expected));
    let others = |check: &&String| !OF_THE_MACHINE.contains(&check.as_str());
    let others: Vec<&String> = expected.iter().filter(others).collect();
    assert_eq!(others, ["forbidden.vpn"]);

    // It runs there: few processors are no reason to refuse a repair, what must not be there is.
    let ended = strict(&lab, &["run"]).run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(!ended.stderr.contains("cpu.count"), "{ended:?}");
    let ended = strict(&lab, &["upgrade"]).run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    drop(vpn);
    lab.exec("docker stop portsip.dataflow");
    let ended = strict(&lab, &["run"]).run().expect_success();
    assert!(!ended.stderr.contains("ignored"), "{ended:?}");

    // And the gate costs no command of its own.
    let _verbose = lab.sshd_setting("LogLevel VERBOSE");
    let end = lab.ssh_log_end();
    let _ = strict(&lab, &["run"]).run().expect_success();
    assert_eq!(commands_since(&lab, &end), 1);
}

#[test]
fn given_no_such_check_when_it_is_to_be_ignored_then_the_one_that_is_meant_is_told() {
    let lab = Lab::open();
    let ended = lab.dataflow(["run", "--ignore", "cpu.cout"]).run();
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("cpu.count"), "{ended:?}");
}

#[test]
fn given_what_can_be_mended_when_fixed_then_it_is_and_the_second_time_there_is_nothing_to_do() {
    let lab = Lab::empty();
    let _back = lab.setting(
        "systemctl stop chrony",
        "systemctl start chrony
        systemctl --quiet unmask sleep.target suspend.target hibernate.target hybrid-sleep.target",
    );
    // The kernel is this machine's, and its settings can't be changed from a container.
    let before = lab.footprint();
    let all = lab.dataflow(["preflight", "--fix"]).run();
    assert_eq!(all.code, Some(1), "{all:?}");
    insta::assert_snapshot!("remedy_that_fails", all.snapshot());
    before.assert_only_recorded(&lab);

    let mut fix = vec!["--output", "json", "preflight", "--fix"];
    fix.extend(["--ignore", "kernel.delay-accounting"]);
    let first = lab.dataflow(&fix).run();
    assert_eq!(first.code, Some(0), "{first:?}");
    let mended = result(&first);
    assert_eq!(mended["changed"], true);
    let steps = mended["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 3, "{mended}");
    assert!(lab.holds("test \"$(stat -c '%a %u' /var/lib/portsip)\" = '755 0'"));
    assert!(lab.holds(
        "systemctl is-active --quiet chrony && test \"$(systemctl is-enabled sleep.target)\" = masked"
    ));
    let history = lab.dataflow(["--output", "json", "history"]).run();
    assert_eq!(result(&history)["runs"][0]["verb"], "preflight");

    let before = lab.footprint();
    let again = lab.dataflow(&fix).run();
    assert_eq!(result(&again)["changed"], false);
    before.assert_unchanged(&lab);
}
