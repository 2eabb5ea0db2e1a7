//! What `run`, `plan` and `upgrade` do at the PBX: whitelist, token, address and version.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Ended, Lab, SERVICE, wait_until};
use serde_json::json;

/// Another address of the lab's PBX.
const OTHER_PBX: &str = "198.18.16.134";

/// How long the service's health check may take to notice that something changed.
const HEALTH: Duration = Duration::from_secs(60);

fn wait_for_health(lab: &Lab, health: &str) {
    wait_until(&format!("a service that is {health}"), HEALTH, || {
        lab.inspect(SERVICE)["State"]["Health"]["Status"] == health
    });
}

fn id(lab: &Lab, name: &str) -> String {
    lab.inspect(name)["Id"].as_str().expect("a text").to_owned()
}

/// What was asked of the PBX, without what signs in and out: each as method and path without the query.
fn asked(lab: &Lab) -> Vec<String> {
    let requests = lab.lab_pbx.requests();
    let all = requests.iter().map(|request| {
        let path = request.path.split('?').next().unwrap_or_default();
        format!("{} {path}", request.method)
    });
    all.filter(|line| !line.contains("/auth/")).collect()
}

/// A server to which the lab's settings with the PBX's REST API were deployed.
fn deployed_over_the_api() -> Lab {
    let lab = Lab::empty();
    let _ = run(&lab, &["run"]);
    lab
}

/// Runs it, and sees that a plan after it is empty.
fn run(lab: &Lab, arguments: &[&str]) -> Ended {
    let ended = lab.dataflow_with_api(arguments).run().expect_success();
    let arguments = ["plan", "--exit-code"].iter().chain(&arguments[1..]);
    let _ = lab.dataflow_with_api(arguments).run().expect_success();
    ended
}

#[test]
fn given_a_server_that_is_on_no_whitelist_when_run_then_its_entry_is_made_and_it_works_and_nothing_is_left_to_do()
 {
    let lab = Lab::deployed();
    let (before, rows) = (lab.containers(), lab.rows());
    lab.lab_pbx.reset_bare();
    wait_for_health(&lab, "unhealthy");

    let plan = lab.dataflow_with_api(["plan", "--exit-code"]).run();
    insta::assert_snapshot!("plan_of_a_whitelist_entry", plan.snapshot());
    assert_eq!(lab.lab_pbx.ip_filters(), [], "a plan changes nothing");

    lab.lab_pbx.forget_requests();
    let ended = lab.dataflow_with_api(["run"]).run().expect_success();

    insta::assert_snapshot!("run_that_makes_a_whitelist_entry", ended.snapshot());
    // Looked at before and after the lock was taken, and when all was done.
    let (list, version) = ("GET /api/ip_filters", "GET /api/admin/status");
    let mut all = asked(&lab);
    all.sort();
    assert_eq!(
        all,
        [
            version,
            version,
            version,
            list,
            list,
            list,
            "POST /api/ip_filters"
        ]
    );
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();
    assert!(lab.rows() > rows);
    assert_eq!(lab.containers(), before, "no container was touched");
    let entries = lab.lab_pbx.ip_filters();
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].cidr.as_str(), entries[0].target.as_str()),
        ("198.18.16.158/32", "ACCEPT")
    );

    lab.lab_pbx.forget_requests();
    let again = lab.dataflow_with_api(["run"]).run().expect_success();
    assert!(again.stdout.contains("nothing was changed"), "{again:?}");
    let mut all = asked(&lab);
    all.sort();
    assert_eq!(all, [version, list], "one look each");
}

#[test]
fn given_another_token_when_run_then_it_is_delivered_and_only_the_service_is_made_anew() {
    let lab = Lab::deployed();
    let (service, clickhouse) = (id(&lab, SERVICE), id(&lab, CLICKHOUSE));
    let token = lab.lab_pbx.generate_token();
    wait_for_health(&lab, "unhealthy");
    let rows = lab.rows();

    let program = lab.dataflow_with_api(["run"]).env("DATAFLOW_TOKEN", &token);
    let ended = program.run().expect_success();

    assert!(!format!("{ended:?}").contains(&token));
    insta::assert_snapshot!("run_that_delivers_a_token", ended.snapshot());
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();
    assert!(lab.rows() > rows);
    assert_ne!(id(&lab, SERVICE), service);
    assert_eq!(id(&lab, CLICKHOUSE), clickhouse);
    let file = "/var/lib/portsip/dataflow/token";
    assert_eq!(
        lab.exec(&format!("stat -c '%a %u:%g' {file}")).trim(),
        "600 888:888"
    );
    assert_eq!(lab.exec(&format!("cat {file}")), token);
    let kept = lab.exec(
        "find /var/lib/dataflow -type f -exec cat {} +; docker inspect portsip.dataflow portsip.clickhouse",
    );
    assert!(kept.contains("deliver the token "), "it is in the journal");
    assert!(!kept.contains(&token), "by its fingerprint only");

    // Without a token, or with the same one, the one that is deployed stays.
    let _ = lab
        .dataflow_with_api(["plan", "--exit-code"])
        .run()
        .expect_success();
    let same = lab.dataflow_with_api(["plan", "--exit-code"]);
    let _ = same.env("DATAFLOW_TOKEN", &token).run().expect_success();

    let second = lab.lab_pbx.generate_token();
    wait_for_health(&lab, "unhealthy");
    let program = lab.dataflow_with_api(["run", "--token-fd", "0"]);
    let _ = program.stdin(second.as_str()).run().expect_success();
    wait_for_health(&lab, "healthy");
    assert_eq!(id(&lab, CLICKHOUSE), clickhouse);
}

#[test]
fn given_a_pbx_at_another_address_when_run_then_only_the_service_is_made_anew_for_it() {
    let lab = deployed_over_the_api();
    let (service, clickhouse) = (id(&lab, SERVICE), id(&lab, CLICKHOUSE));
    let rows = lab.wait_for_more_rows();

    let _ = run(&lab, &["run", "-x", OTHER_PBX]);

    assert_ne!(id(&lab, SERVICE), service);
    assert_eq!(id(&lab, CLICKHOUSE), clickhouse);
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();
    assert!(lab.rows() > Some(rows));
}

#[test]
fn given_a_pbx_that_was_upgraded_when_run_then_the_image_to_use_is_said_and_an_upgrade_to_it_works()
{
    let lab = deployed_over_the_api();

    let ahead = lab.dataflow_with_api(["upgrade", "-i", "portsip/pbx:22.4"]);
    let ahead = ahead.run();
    insta::assert_snapshot!("upgrade_before_the_pbx", ahead.snapshot());

    let (before, clickhouse) = (lab.containers(), id(&lab, CLICKHOUSE));
    let rows = lab.wait_for_more_rows();
    lab.lab_pbx.set(&json!({ "version": "22.4.0" }));
    let plan = lab.dataflow_with_api(["plan", "--exit-code"]).run();
    insta::assert_snapshot!("plan_beside_a_newer_pbx", plan.snapshot());
    let refused = lab.dataflow_with_api(["run"]).run();
    insta::assert_snapshot!("run_beside_a_newer_pbx", refused.snapshot());
    assert_eq!(lab.containers(), before, "nothing was touched");

    let _ = lab
        .dataflow_with_api(["upgrade", "-i", "portsip/pbx:22.4"])
        .run()
        .expect_success();

    assert_eq!(id(&lab, CLICKHOUSE), clickhouse);
    let label = &lab.inspect(SERVICE)["Config"]["Labels"]["dataflow.pbx-version"];
    assert_eq!(label, "22.4.0");
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();
    assert!(lab.rows() > Some(rows));
    let plan = lab.dataflow_with_api(["plan", "--exit-code", "-i", "portsip/pbx:22.4"]);
    let _ = plan.run().expect_success();
}

#[test]
fn given_an_image_of_another_version_when_that_is_accepted_then_it_is_on_record() {
    let lab = Lab::deployed();
    lab.lab_pbx.set(&json!({ "version": "22.4.0" }));

    let run = lab.dataflow_with_api(["run", "--allow-mismatch", "-x", OTHER_PBX]);
    let ended = run.run().expect_success();

    assert!(
        ended
            .stderr
            .contains("the service has version 22.3.5 and the PBX 22.4.0, which is accepted"),
        "{ended:?}"
    );
    let history = lab.dataflow(["history", "--output", "json"]).run().json();
    let last = &history["result"]["runs"][0];
    assert!(
        last["ignored"]
            .as_array()
            .is_some_and(|ids| ids.contains(&json!("pbx.version"))),
        "{last}"
    );
}

#[test]
fn given_a_run_that_is_killed_at_any_step_when_run_again_then_the_pbx_has_one_entry_and_the_service_its_token()
 {
    let lab = Lab::empty();
    lab.lab_pbx.reset_bare();
    let token = lab.lab_pbx.generate_token();
    let program = |arguments: &[&str]| {
        lab.dataflow_with_api(arguments)
            .env("DATAFLOW_TOKEN", &token)
    };
    for count in [1, 2, 3, 8] {
        let mut running = program(&["run", "--output", "json"]).running();
        if running.reaches("step-done", count) {
            running.signal("KILL");
        }
        let _ = running.end();
    }

    let _ = program(&["run"]).run().expect_success();

    assert_eq!(lab.lab_pbx.ip_filters().len(), 1);
    wait_for_health(&lab, "healthy");
    let _ = program(&["plan", "--exit-code"]).run().expect_success();
}

#[test]
fn given_a_pbx_that_cannot_be_asked_when_run_then_nothing_is_touched_and_the_reason_is_said() {
    let lab = Lab::deployed();
    let before = lab.containers();
    lab.lab_pbx.set(&json!({ "listening": false }));
    let down = lab.dataflow_with_api(["run", "-x", OTHER_PBX]).run();
    lab.lab_pbx
        .set(&json!({ "listening": true, "password": "another" }));
    let refused = lab.dataflow_with_api(["plan"]).run();
    lab.lab_pbx.reset_by_hand();

    assert_eq!(lab.containers(), before);
    insta::assert_snapshot!(
        "pbx_that_cannot_be_asked",
        format!("{}\n\n{}", down.snapshot(), refused.snapshot())
    );
}

/// The lab's settings without a word about the prerequisites.
fn unsettled(lab: &Lab) -> std::path::PathBuf {
    let text = std::fs::read_to_string(&lab.settings).expect("the lab's settings");
    let path = lab.settings.with_file_name("unsettled.toml");
    std::fs::write(&path, text.replace("mode = \"manual\"", "")).expect("a settings file");
    path
}

#[test]
fn given_nobody_who_signs_in_when_run_then_it_is_a_checklist_until_somebody_says_that_it_is_done() {
    let lab = Lab::empty();
    let settings = unsettled(&lab);
    let program = |arguments: &[&str]| {
        let config = ["--config", settings.to_str().expect("a path")];
        dataflow_tests::Program::new(config.iter().chain(arguments))
    };

    let refused = program(&["run"]).run();
    insta::assert_snapshot!("checklist_in_the_place_of_a_run", refused.snapshot());
    assert_eq!(lab.container_names(), [""; 0]);

    let _ = program(&["run", "--prerequisites", "manual"])
        .run()
        .expect_success();
    let history = program(&["history", "--output", "json"]).run().json();
    let deployment = &history["result"]["deployment"]["settings"];
    assert_eq!(deployment["prerequisites"], "manual");

    // For the same server and PBX it was said; for another PBX it was not.
    lab.exec(&format!("docker stop {SERVICE}"));
    let _ = program(&["run"]).run().expect_success();
    let moved = program(&["run", "-x", OTHER_PBX]).run();
    assert_eq!(moved.code, Some(3), "{moved:?}");
}

#[test]
fn given_a_terminal_when_nobody_signs_in_then_it_is_asked_whether_it_is_done_by_hand() {
    let lab = Lab::deployed();
    let settings = unsettled(&lab);
    let settings = settings.to_str().expect("a path");
    let moved = || {
        let arguments = ["--config", settings, "run", "-x", OTHER_PBX];
        dataflow_tests::Program::new(arguments).at_terminal()
    };
    let before = lab.containers();
    let question = "Is all of that done at the PBX by hand? It is put on record. (yes/no) ";

    let mut no = moved();
    no.wait_for(question);
    no.type_in("no\n");
    let no = no.left();
    assert_eq!(no.code, Some(3), "{no:?}");
    assert_eq!(lab.containers(), before);

    let mut yes = moved();
    yes.wait_for(question);
    yes.type_in("yes\n");
    yes.wait_for("Go ahead? (yes/no) ");
    yes.type_in("yes\n");
    let yes = yes.left();
    assert_eq!(yes.code, Some(0), "{yes:?}");
}
