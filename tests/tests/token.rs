//! The verbs about the token, against the lab's server and its PBX.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Ended, Lab, Program, SERVICE, wait_until};

/// Where the lab's service looks for its token.
const FILE: &str = "/var/lib/portsip/dataflow/token";

fn token(lab: &Lab, verb: &str) -> Program {
    lab.dataflow_with_api(["token", verb])
}

fn id(lab: &Lab, name: &str) -> String {
    lab.inspect(name)["Id"].as_str().expect("an id").to_owned()
}

fn wait_for_health(lab: &Lab, wanted: &str) {
    wait_until(
        &format!("the service to be {wanted}"),
        Duration::from_secs(30),
        || lab.inspect(SERVICE)["State"]["Health"]["Status"] == wanted,
    );
}

/// What it wrote holds no token.
fn hides(ended: &Ended, tokens: &[&str]) {
    for token in tokens {
        assert!(
            !ended.stdout.contains(token) && !ended.stderr.contains(token),
            "{ended:?}"
        );
    }
}

#[test]
fn given_a_path_when_a_token_is_generated_then_it_is_delivered_and_the_service_alone_is_made_anew()
{
    let lab = Lab::deployed();
    let (clickhouse, service) = (id(&lab, CLICKHOUSE), id(&lab, SERVICE));
    let before = token(&lab, "status").run();
    insta::assert_snapshot!("status_before", before.snapshot());

    let generated = token(&lab, "generate").run();
    let first = lab.lab_pbx.token().expect("the PBX has a token");
    hides(&generated, &[&first]);
    insta::assert_snapshot!("generate", generated.expect_success().snapshot());
    assert_eq!(
        lab.exec(&format!("stat -c '%a %u:%g' {FILE}")).trim(),
        "600 888:888"
    );
    assert_eq!(lab.exec(&format!("cat {FILE}")).trim(), first);
    assert_eq!(id(&lab, CLICKHOUSE), clickhouse);
    assert_ne!(id(&lab, SERVICE), service);
    wait_for_health(&lab, "healthy");
    lab.wait_for_more_rows();

    let after = token(&lab, "status").run().expect_success();
    assert!(after.stdout.contains("They are the same."), "{after:?}");
    let history = lab.dataflow_with_api(["history"]).run().expect_success();
    assert!(history.stdout.contains("token set"), "{history:?}");
    hides(&history, &[&first]);
    assert!(
        !lab.holds(&format!("grep -rF '{first}' /var/lib/dataflow")),
        "the journal has the token"
    );
}

#[test]
fn given_a_token_when_it_is_set_twice_then_the_second_time_nothing_is_changed() {
    let lab = Lab::deployed();
    let token_of_pbx = lab.lab_pbx.generate_token();
    wait_for_health(&lab, "unhealthy");
    let status = lab.dataflow_with_api(["status"]).run();
    assert_eq!(status.code, Some(1), "{status:?}");

    let set = token(&lab, "set")
        .env("DATAFLOW_TOKEN", &token_of_pbx)
        .run();
    hides(&set, &[&token_of_pbx]);
    let _ = set.expect_success();
    wait_for_health(&lab, "healthy");
    let service = id(&lab, SERVICE);
    let again = token(&lab, "set")
        .arguments(["--token-fd", "0"])
        .stdin(token_of_pbx.clone())
        .run();
    hides(&again, &[&token_of_pbx]);
    insta::assert_snapshot!("set_again", again.expect_success().snapshot());
    assert_eq!(id(&lab, SERVICE), service);

    // Somebody writes another one over it.
    lab.exec(&format!("echo another >{FILE}"));
    let status = token(&lab, "status").run();
    assert_eq!(status.code, Some(1), "{status:?}");
    assert!(
        status.stdout.contains("They are not the same."),
        "{status:?}"
    );
    let mended = token(&lab, "set")
        .env("DATAFLOW_TOKEN", &token_of_pbx)
        .run();
    hides(&mended.expect_success(), &[&token_of_pbx]);
    assert_eq!(lab.exec(&format!("cat {FILE}")).trim(), token_of_pbx);
    lab.wait_for_more_rows();
}

#[test]
fn given_a_server_without_data_flow_then_no_token_is_generated_for_it() {
    let lab = Lab::empty();
    let status = token(&lab, "status").run();
    insta::assert_snapshot!("status_not_deployed", status.snapshot());
    let generated = token(&lab, "generate").run();
    insta::assert_snapshot!("generate_not_deployed", generated.snapshot());
    assert_eq!(lab.lab_pbx.token(), None);
}

#[test]
fn given_a_terminal_then_a_no_generates_nothing_and_a_typed_token_is_not_shown() {
    let lab = Lab::deployed();
    let service = id(&lab, SERVICE);
    let declined = token(&lab, "generate").run_on_terminal(&["no"]);
    assert_eq!(declined.code, Some(4), "{declined:?}");
    assert_eq!((lab.lab_pbx.token(), id(&lab, SERVICE)), (None, service));

    let by_portal = lab.lab_pbx.generate_token();
    let mut terminal = token(&lab, "set").at_terminal();
    terminal.wait_for("Token of the Data Flow server: ");
    terminal.type_in(&format!("{by_portal}\n"));
    terminal.wait_for("Go ahead?");
    terminal.type_in("yes\n");
    let typed = terminal.left();
    assert!(!typed.screen.contains(&by_portal), "{typed:?}");
    assert_eq!(typed.code, Some(0), "{typed:?}");
    wait_for_health(&lab, "healthy");
}
