//! The panel's end in the middle of a deploy: killed, and asked to end.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::{
    thread,
    time::{Duration, Instant},
};

use dataflow_tests::{CLICKHOUSE, Lab, Panel, SERVICE, wait_until};
use serde_json::json;

const SOON: Duration = Duration::from_secs(60);

/// How long the panel may take to end once nothing is at work.
const FAREWELL: Duration = Duration::from_secs(15);

#[test]
fn given_a_deploy_when_the_panel_is_killed_then_the_next_one_shows_what_was_cut_off_and_finishes_it()
 {
    let lab = Lab::empty();
    let mut panel = lab.panel();
    let path = format!("/servers/{}", panel.server());
    let run = deploy(&panel);
    let journal = panel.get(&format!("/runs/{run}"))["journal"].clone();
    assert!(journal.is_string(), "{journal}");
    panel.kill_and_start();
    assert_eq!(panel.get("/runs")["runs"], json!([]));
    // All that it shows comes from the server. Its lock ends with the connection of the one that was killed.
    wait_until("the run that was cut off to be seen", SOON, || {
        let newest = panel.get(&format!("{path}/history"))["seen"]["runs"][0].clone();
        newest["run"] == journal && newest["outcome"] == "not-finished"
    });
    assert!(panel.get(&path)["holder"].is_null());
    let again = panel.begin(&json!({"verb": "run"}));
    let over = panel.finish(&again);
    assert_eq!(over["outcome"], "done", "{over}");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
}

#[test]
fn given_a_deploy_when_the_panel_is_asked_to_end_then_it_takes_no_other_and_tells_this_one_to_the_end()
 {
    let lab = Lab::empty();
    let mut panel = lab.panel();
    let run = deploy(&panel);
    let bearer = [format!("Authorization: Bearer {}", panel.token())];
    let path = format!("/live/runs/{run}");
    let heard = thread::scope(|scope| {
        let listening = scope.spawn(|| panel.ask("GET", &path, &bearer, ""));
        let order = format!("/servers/{}/runs", panel.server());
        panel.signal("TERM");
        // Refused because of the run that is at work, and from the moment that the signal is heard because of that.
        wait_until("the panel to take none any more", SOON, || {
            panel.post(&order, &json!({"verb": "restart"})).status == 503
        });
        listening.join().expect("it is answered")
    });
    let over = Instant::now();
    assert_eq!(heard.status, 200);
    let end = heard.body.rfind("event: end\n").expect("the run's end");
    assert!(!heard.body[end..].contains("event: step"), "{}", heard.body);
    assert!(panel.ends_well());
    assert!(over.elapsed() < FAREWELL, "{:?}", over.elapsed());
    let history = lab
        .dataflow(["--output", "json", "history"])
        .run()
        .expect_success();
    assert!(!history.stdout.contains("not-finished"), "{history:?}");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
}

/// Starts a deploy, with a yes to what it asks; gives what it goes by once it is in the middle.
fn deploy(panel: &Panel) -> String {
    let run = panel.begin(&json!({"verb": "run"}));
    wait_until("a step to begin", SOON, || {
        let now = panel.get(&format!("/runs/{run}"));
        if let Some(digest) = now["standing"]["digest"].as_str() {
            let yes = json!({"plan": digest, "approve": true});
            let _other_question = panel.post(&format!("/runs/{run}/approval"), &yes);
        }
        let events = panel.get(&format!("/runs/{run}/events")).to_string();
        events.contains("\"step-started\"")
    });
    run
}
