//! `plan`, `status` and their JSON on a real server.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::fs;

use dataflow_tests::{Lab, Program, SERVICE, shape};

#[test]
fn given_a_deployed_server_when_planned_then_nothing_is_to_do_and_nothing_is_changed() {
    let lab = Lab::deployed();
    let footprint = lab.footprint();

    let plan = lab.dataflow(["plan", "--exit-code"]).run();

    insta::assert_snapshot!("plan_of_nothing", plan.snapshot());
    footprint.assert_unchanged(&lab);
}

#[test]
fn given_a_service_that_was_stopped_when_planned_then_its_start_is_pending_and_run_does_that() {
    let lab = Lab::deployed();
    lab.exec(&format!("docker stop {SERVICE}"));
    let before = lab.containers();

    let plan = lab.dataflow(["plan", "--exit-code"]).run();
    insta::assert_snapshot!("plan_of_a_start", plan.snapshot());
    assert_eq!(lab.dataflow(["plan"]).run().code, Some(0));
    assert_eq!(lab.containers(), before, "nothing was changed");

    let planned = lab.dataflow(["plan", "--output", "json"]).run().json();
    let run = lab.dataflow(["run", "--output", "json"]).run();
    let run = run.expect_success();
    let last: serde_json::Value =
        serde_json::from_str(run.stdout.lines().last().expect("a line")).expect("JSON");
    let planned: Vec<_> = planned["result"]["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["what"].clone())
        .collect();
    assert_eq!(
        last["result"]["steps"].as_array().expect("steps"),
        &planned,
        "run does what plan said"
    );
    let _ = lab.dataflow(["plan", "--exit-code"]).run().expect_success();
}

#[test]
fn given_every_verb_when_it_is_asked_for_json_then_each_line_has_the_described_shape() {
    let lab = Lab::empty_without_images();
    for (verb, code) in [
        (vec!["plan"], 0),
        (vec!["run"], 0),
        (vec!["plan", "-x", "198.18.16.134", "--exit-code"], 4),
        (vec!["status"], 0),
        (vec!["stop"], 0),
        (vec!["start"], 0),
        (vec!["restart"], 0),
        (vec!["history"], 0),
        (vec!["unlock"], 0),
        (vec!["unlock", "--force"], 0),
        (vec!["logs", "-n", "3"], 0),
        (vec!["upgrade", "-i", "portsip/pbx:22.4"], 0),
        // It is older.
        (vec!["upgrade", "-i", "portsip/pbx:22"], 3),
        // There is no such image.
        (vec!["upgrade", "-i", "portsip/pbx:0.0"], 3),
        (vec!["rm"], 0),
        (vec!["status"], 1),
        (vec!["stop"], 3),
    ] {
        let ended = lab.dataflow(["--output", "json"].iter().chain(&verb)).run();
        let lines = shape::lines(&ended.stdout);
        assert_eq!(lines.len(), ended.stdout.lines().count(), "{ended:?}");
        assert!(!lines.is_empty(), "{verb:?}: {ended:?}");
        assert_eq!(ended.code, Some(code), "{verb:?}: {ended:?}");
        let is_error = matches!(lines.last(), Some(shape::Line::Error(_)));
        assert_eq!(is_error, code == 3, "{verb:?}: {ended:?}");
        // The last run, by itself.
        if let Some(shape::Line::Result(outcome)) = lines.last()
            && let shape::Outcome::History(history) = &**outcome
        {
            let run = &history.runs.first().expect("a run").run;
            let one = lab
                .dataflow(["--output", "json", "history", run.as_str()])
                .run();
            let lines = shape::lines(&one.stdout);
            assert!(
                matches!(&lines[..], [shape::Line::Result(outcome)] if matches!(**outcome, shape::Outcome::Run(_))),
                "{one:?}"
            );
        }
        assert_eq!(ended.stderr, "", "{verb:?}");
    }
}

#[test]
fn given_a_file_with_several_servers_when_read_then_each_answers_for_itself() {
    let lab = Lab::deployed();
    let address = &lab.server.address;
    let shared = fs::read_to_string(&lab.settings).expect("the lab's settings");
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("several.toml");
    let text = format!(
        "{shared}\n[servers.gone]\nhost = \"ssh://ubuntu@{address}:1\"\n[servers.flow]\n[servers.too]\ndata-path = \"/srv/too\"\n"
    );
    fs::write(&file, text).expect("a settings file");
    let dataflow = |arguments: &[&str]| {
        let mut all = vec!["--config".into(), file.clone().into_os_string()];
        all.extend(arguments.iter().map(Into::into));
        Program::new(all).run()
    };

    let status = dataflow(&["status"]);
    let rows = regex::Regex::new(r"(?m)  \d+$").expect("a pattern");
    let text = rows.replace_all(&status.snapshot(), "  [n]").into_owned();
    insta::assert_snapshot!("status_of_several", text);
    let plan = dataflow(&["plan", "--server", "flow", "--server", "gone"]);
    insta::assert_snapshot!("plan_of_several", plan.snapshot());
    let one = dataflow(&["status", "--server", "flow"]);
    assert_eq!(one.code, Some(0), "{one:?}");
    let json = dataflow(&["status", "--output", "json"]);
    assert_eq!(shape::lines(&json.stdout).len(), 3, "{json:?}");
    let logs = dataflow(&["logs", "service", "-n", "1"]);
    let lines: Vec<&str> = logs.stdout.lines().collect();
    let of = |name: &str| lines.iter().filter(|line| line.starts_with(name)).count();
    // Each deployed one has its line, and the one that is not reached decides on the exit code.
    assert_eq!(
        (of("flow "), of("too "), logs.code),
        (1, 1, Some(6)),
        "{logs:?}"
    );
    let which = dataflow(&["stop"]);
    assert_eq!(which.code, Some(2), "{which:?}");
}
