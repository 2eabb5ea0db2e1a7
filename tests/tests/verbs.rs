//! The verbs for what is deployed: stop, start, restart, upgrade, status.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Ended, Lab, Program, SERVICE, wait_until};

/// Image and version that a container runs.
fn runs(lab: &Lab, name: &str) -> (String, String) {
    let config = &lab.inspect(name)["Config"];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&config["Image"]), text(&config["Labels"]["version"]))
}

fn image_and_version(image: &str, version: &str) -> (String, String) {
    (image.to_owned(), version.to_owned())
}

/// Runs a verb that has nothing to do: it succeeds, and no container notices.
fn changes_nothing(lab: &Lab, program: Program) -> Ended {
    let before = lab.containers();
    let ended = program.run().expect_success();
    assert_eq!(lab.containers(), before, "{ended:?}");
    ended
}

#[test]
fn given_a_deployed_server_when_stopped_and_started_then_each_is_done_once_and_rows_go_on() {
    let lab = Lab::deployed();
    let rows = lab.rows();

    let stopped = lab.dataflow(["stop"]).run().expect_success();
    insta::assert_snapshot!("stop", stopped.snapshot());
    assert!(lab.exec("docker ps --quiet").is_empty(), "nothing runs");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    let again = changes_nothing(&lab, lab.dataflow(["stop"]));
    insta::assert_snapshot!("stop_again", again.snapshot());
    let status = lab.dataflow(["status"]).run();
    insta::assert_snapshot!("status_when_stopped", status.snapshot());

    let started = lab.dataflow(["start"]).run().expect_success();
    insta::assert_snapshot!("start", started.snapshot());
    wait_until("more rows", Duration::from_secs(30), || lab.rows() > rows);
    let again = changes_nothing(&lab, lab.dataflow(["start"]));
    insta::assert_snapshot!("start_again", again.snapshot());
}

#[test]
fn given_a_stopped_deployment_when_run_then_it_is_started_and_nothing_is_made_anew() {
    let lab = Lab::deployed();
    let ids = |lab: &Lab| [CLICKHOUSE, SERVICE].map(|name| lab.inspect(name)["Id"].clone());
    let before = ids(&lab);
    let _ = lab.dataflow(["stop"]).run().expect_success();

    let ended = lab.dataflow(["run"]).run().expect_success();

    insta::assert_snapshot!("run_when_stopped", ended.snapshot());
    assert_eq!(ids(&lab), before);
    lab.wait_for_more_rows();
}

#[test]
fn given_a_deployed_server_when_restarted_then_the_same_containers_were_started_anew() {
    let lab = Lab::deployed();
    let before = [CLICKHOUSE, SERVICE].map(|name| lab.inspect(name));
    let rows = lab.rows();

    let ended = lab.dataflow(["restart"]).run().expect_success();

    insta::assert_snapshot!("restart", ended.snapshot());
    for was in before {
        let is = lab.inspect(was["Name"].as_str().expect("a name"));
        assert_eq!(is["Id"], was["Id"]);
        assert_ne!(is["State"]["StartedAt"], was["State"]["StartedAt"]);
    }
    wait_until("more rows", Duration::from_secs(30), || lab.rows() > rows);
}

#[test]
fn given_a_deployed_server_when_upgraded_one_image_after_the_other_then_each_is_changed_alone_and_rows_are_kept()
 {
    let lab = Lab::deployed();
    lab.forget_images(&["portsip/pbx:22.4", "portsip/clickhouse:26.3"]);
    let rows = lab.rows();
    let clickhouse = lab.inspect(CLICKHOUSE)["Id"].clone();

    let ended = lab.dataflow(["upgrade", "-i", "portsip/pbx:22.4"]).run();
    insta::assert_snapshot!("upgrade_of_the_service", ended.expect_success().snapshot());
    assert_eq!(
        runs(&lab, SERVICE),
        image_and_version("portsip/pbx:22.4", "22.4.0")
    );
    assert_eq!(lab.inspect(CLICKHOUSE)["Id"], clickhouse);

    let service = lab.inspect(SERVICE)["Id"].clone();
    let ended = lab
        .dataflow([
            "upgrade",
            "-i",
            "portsip/pbx:22.4",
            "-d",
            "portsip/clickhouse:26.3",
        ])
        .run();
    insta::assert_snapshot!("upgrade_of_clickhouse", ended.expect_success().snapshot());
    assert_eq!(
        runs(&lab, CLICKHOUSE),
        image_and_version("portsip/clickhouse:26.3", "26.3.1")
    );
    assert_eq!(lab.inspect(SERVICE)["Id"], service);
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    wait_until("more rows", Duration::from_secs(30), || lab.rows() > rows);
}

#[test]
fn given_a_deployed_server_when_both_images_are_upgraded_then_both_run_and_rows_are_kept() {
    let lab = Lab::deployed();
    lab.forget_images(&["portsip/pbx:22.4", "portsip/clickhouse:26.3"]);
    let rows = lab.rows();

    let ended = lab
        .dataflow([
            "upgrade",
            "-d",
            "portsip/clickhouse:26.3",
            "-i",
            "portsip/pbx:22.4",
        ])
        .run();

    insta::assert_snapshot!("upgrade_of_both", ended.expect_success().snapshot());
    assert_eq!(
        runs(&lab, CLICKHOUSE),
        image_and_version("portsip/clickhouse:26.3", "26.3.1")
    );
    assert_eq!(
        runs(&lab, SERVICE),
        image_and_version("portsip/pbx:22.4", "22.4.0")
    );
    wait_until("more rows", Duration::from_secs(30), || lab.rows() > rows);
}

#[test]
fn given_tags_that_did_not_move_when_upgraded_without_naming_an_image_then_nothing_is_touched() {
    let lab = Lab::deployed();
    // Settings that name no image: what is deployed is what counts.
    let upgrade = lab.dataflow_as(
        "ubuntu",
        [
            "--identity".as_ref(),
            lab.key.as_os_str(),
            "upgrade".as_ref(),
        ],
    );

    let ended = changes_nothing(&lab, upgrade);

    insta::assert_snapshot!("upgrade_without_images", ended.snapshot());
}

#[test]
fn given_a_service_that_ends_again_and_again_when_asked_for_status_then_it_is_degraded() {
    let lab = Lab::deployed();
    lab.exec(
        "mv /var/lib/portsip/dataflow/system.ini /root/kept.ini; docker restart portsip.dataflow",
    );

    wait_until("status to tell", Duration::from_secs(30), || {
        let status = lab.dataflow(["status"]).run();
        let told = "problem: portsip.dataflow ends again and again (exit code 1";
        status.code == Some(1) && status.stdout.contains(told)
    });

    lab.exec("mv /root/kept.ini /var/lib/portsip/dataflow/system.ini");
    wait_until("the service to work", Duration::from_secs(60), || {
        lab.dataflow(["run"]).run().code == Some(0)
    });
    lab.wait_for_more_rows();
}

#[test]
fn given_a_clickhouse_that_stands_still_when_asked_for_status_then_it_is_degraded_within_seconds() {
    let lab = Lab::deployed();
    lab.exec("docker pause portsip.clickhouse");

    let status = lab.dataflow(["status"]).run();

    insta::assert_snapshot!("status_when_clickhouse_is_paused", status.snapshot());
    lab.exec("docker unpause portsip.clickhouse");
    lab.wait_for_more_rows();
}

#[test]
fn given_a_server_with_nothing_when_told_to_manage_it_then_each_verb_says_how_to_deploy() {
    let lab = Lab::empty();
    let verbs = ["status", "start", "stop", "restart", "upgrade"];
    let told: Vec<String> = verbs
        .iter()
        .map(|verb| format!("== {verb}\n{}", lab.dataflow([verb]).run().snapshot()))
        .collect();
    insta::assert_snapshot!("not_deployed", told.join("\n\n"));
    assert_eq!(lab.container_names(), Vec::<String>::new());
}
