//! The checklist of prerequisites, by itself and in the status.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::{fs, path::PathBuf, time::Duration};

use dataflow_tests::{CLICKHOUSE, Ended, Lab, Program, SERVICE, wait_until};
use serde_json::json;

fn status(lab: &Lab) -> Ended {
    lab.dataflow_with_api(["status"]).run()
}

fn wait_for_health(lab: &Lab) {
    for name in [CLICKHOUSE, SERVICE] {
        wait_until(
            &format!("{name} to be healthy"),
            Duration::from_secs(60),
            || lab.inspect(name)["State"]["Health"]["Status"] == "healthy",
        );
    }
}

/// The settings with the API, for a PBX at its other address.
fn settings_for_another_address(lab: &Lab) -> PathBuf {
    let text = fs::read_to_string(&lab.settings_with_api).expect("the lab's settings");
    let pbx = &lab.lab_pbx;
    let text = text.replace(
        &format!("\"{}\"", pbx.address),
        &format!("\"{}\"", pbx.other_addresses[0]),
    );
    let path = lab.settings_with_api.with_file_name("test-moved.toml");
    fs::write(&path, text).expect("a file below target/lab");
    path
}

#[test]
fn given_a_service_at_work_when_something_at_the_pbx_changes_then_status_says_what_and_is_degraded()
{
    let lab = Lab::deployed();
    let pbx = &lab.lab_pbx;
    wait_for_health(&lab);
    insta::assert_snapshot!("all_well", status(&lab).snapshot());

    pbx.clear_ip_filters();
    insta::assert_snapshot!("not_on_the_whitelist", status(&lab).snapshot());
    pbx.reset_by_hand();

    pbx.set(&json!({ "version": "22.3.6" }));
    insta::assert_snapshot!("pbx_upgraded", status(&lab).snapshot());
    pbx.reset_by_hand();

    let moved = settings_for_another_address(&lab);
    let arguments = ["--config", moved.to_str().expect("a path"), "status"];
    let ended = Program::new(arguments).run();
    let _ = fs::remove_file(&moved);
    insta::assert_snapshot!("pbx_moved", ended.snapshot());
}

#[test]
fn given_a_pbx_that_cannot_be_asked_then_status_says_why_and_the_server_counts_as_running() {
    let lab = Lab::deployed();
    let pbx = &lab.lab_pbx;
    wait_for_health(&lab);
    let by_hand = lab.dataflow(["status"]).run();
    insta::assert_snapshot!("by_hand", by_hand.snapshot());

    pbx.set(&json!({ "password": "another" }));
    let ended = status(&lab);
    insta::assert_snapshot!("wrong_password", ended.snapshot());
    assert!(!ended.stdout.contains(&pbx.password()));
    pbx.reset_by_hand();

    pbx.set(&json!({ "html": 200 }));
    insta::assert_snapshot!("a_web_page", status(&lab).snapshot());
    pbx.reset_by_hand();

    let ended = lab.dataflow_with_api(["status", "--output", "json"]).run();
    let prerequisites = &ended.json()["result"]["prerequisites"];
    let first = &prerequisites[0];
    assert_eq!(
        (&first["id"], &first["state"]),
        (&json!("whitelist.private"), &json!("ok"))
    );
}

#[test]
fn given_prerequisites_of_all_sorts_then_the_checklist_tells_what_was_seen_and_what_to_do() {
    let lab = Lab::deployed();
    let pbx = &lab.lab_pbx;
    let list = |arguments: &[&str]| {
        let arguments = ["prerequisites"].iter().chain(arguments);
        lab.dataflow_with_api(arguments.copied()).run()
    };
    let by_hand = lab.dataflow(["prerequisites"]).run();
    insta::assert_snapshot!("list_by_hand", by_hand.snapshot());
    pbx.clear_ip_filters();
    insta::assert_snapshot!("list_missing", list(&[]).snapshot());
    insta::assert_snapshot!(
        "list_missing_markdown",
        list(&["--output", "markdown"]).snapshot()
    );
    pbx.reset_by_hand();
    let ended = list(&["--output", "json"]);
    let items = ended.json()["result"]["prerequisites"].clone();
    let states: Vec<String> = items
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| format!("{}: {}", item["id"], item["state"]))
        .collect();
    insta::assert_snapshot!("states", states.join("\n"));
}

#[test]
fn given_a_server_on_which_nothing_is_deployed_then_there_is_a_checklist_all_the_same() {
    let lab = Lab::empty();
    let ended = lab.dataflow_with_api(["prerequisites"]).run();
    insta::assert_snapshot!("list_before_the_first_deployment", ended.snapshot());
}
