//! The control panel works on a server as the program does: the same runs, the same journal, the same lock.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE, wait_until};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

#[test]
fn given_an_empty_server_when_deployed_from_the_panel_then_it_works_and_the_journal_says_who_did_it()
 {
    let lab = Lab::empty();
    let panel = lab.panel();
    let server = panel.server();
    let path = format!("/servers/{server}");
    wait_until("the server to be seen", SOON, || {
        panel.get(&path)["standing"] == "not-deployed"
    });
    let run = panel.begin(&json!({"verb": "run"}));
    let over = panel.finish(&run);
    assert_eq!(over["outcome"], "done", "{over}");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    wait_until("the panel to see it run", SOON, || {
        panel.get(&path)["standing"] == "running"
    });
    let events = panel.get(&format!("/runs/{run}/events"));
    let events = events["events"].as_array().expect("events").clone();
    let numbers = events.iter().map(|event| event["id"].as_u64());
    assert!(
        numbers.eq((1..=events.len() as u64).map(Some)),
        "{events:?}"
    );
    let journal = panel.get(&format!("/runs/{run}"))["journal"].clone();
    let history = lab
        .dataflow(["--output", "json", "history"])
        .run()
        .expect_success();
    let line = history
        .stdout
        .lines()
        .find(|line| line.contains("token test (by "));
    let line = line.unwrap_or_else(|| panic!("{}", history.stdout));
    assert!(line.contains(journal.as_str().expect("a name")), "{line}");
    let lines = panel.get(&format!("{path}/logs?lines=5"));
    assert_eq!(lines["state"], "following", "{lines}");
    assert!(!lines["lines"].as_array().expect("lines").is_empty());
}

#[test]
fn given_a_lock_of_the_program_then_the_panel_names_who_has_it_and_changes_nothing() {
    let lab = Lab::deployed();
    let panel = lab.panel();
    let mut other = lab.dataflow(["--output", "json", "restart"]).running();
    assert!(other.reaches("step-started", 1));
    // Its lease lasts half a minute.
    other.signal("STOP");
    let before = lab.containers();
    let run = panel.begin(&json!({"verb": "restart"}));
    let over = panel.finish(&run);
    assert_eq!(over["outcome"], "failed", "{over}");
    assert_eq!(over["trouble"]["kind"], "locked", "{over}");
    assert!(
        over["summary"].to_string().contains("dataflow restart"),
        "{over}"
    );
    assert_eq!(lab.containers(), before);
    let path = format!("/servers/{}", panel.server());
    wait_until("the panel to show who has it", SOON, || {
        panel.get(&path)["holder"]["verb"] == "restart"
    });
    other.signal("CONT");
    let ended = other.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
