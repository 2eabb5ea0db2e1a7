//! The question before something is changed, at a real terminal.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{Lab, Left, Terminal};

const QUESTION: &str = "Go ahead? (yes/no) ";

/// What is about to be changed: another PBX, for which the service is made anew.
const CHANGE: [&str; 3] = ["run", "-x", "198.18.16.134"];

/// Answers the question with this, once it is there.
fn answered(mut terminal: Terminal, answer: &str) -> Left {
    terminal.wait_for(QUESTION);
    terminal.type_in(answer);
    terminal.left()
}

#[test]
fn given_a_terminal_when_the_plan_is_declined_or_left_then_nothing_is_changed() {
    let lab = Lab::deployed();
    let before = lab.containers();

    let no = answered(lab.dataflow(CHANGE).at_terminal(), "no\n");
    assert_eq!(no.code, Some(4), "{no:?}");
    insta::assert_snapshot!("declined", no.snapshot());

    let end = answered(lab.dataflow(CHANGE).at_terminal(), "\u{4}");
    assert_eq!(end.code, Some(4), "{end:?}");

    let left = answered(lab.dataflow(["rm"]).at_terminal(), "\u{3}");
    assert_eq!((left.code, left.signal), (None, Some(2)), "{left:?}");

    let unclear = answered(lab.dataflow(["rm"]).at_terminal(), "perhaps\nno\n");
    assert_eq!(unclear.code, Some(4), "{unclear:?}");
    assert_eq!(unclear.screen.matches(QUESTION).count(), 2, "{unclear:?}");

    assert_eq!(lab.containers(), before);
}

#[test]
fn given_a_terminal_when_the_plan_is_confirmed_then_it_is_carried_out() {
    let lab = Lab::deployed();

    let yes = answered(lab.dataflow(CHANGE).at_terminal(), "yes\n");

    assert_eq!(yes.code, Some(0), "{yes:?}");
    assert!(yes.screen.contains("is as wanted and works"), "{yes:?}");
    let plan = lab.dataflow(["plan", "-x", "198.18.16.134", "--exit-code"]);
    let _ = plan.run().expect_success();
}

#[test]
fn given_nothing_to_do_or_a_yes_before_or_no_terminal_when_changed_then_nothing_is_asked() {
    let lab = Lab::deployed();

    let _ = lab.dataflow(["stop"]).run().expect_success();
    let aloud = lab.dataflow(["run", "-v"]).run().expect_success();
    for said in [
        "reached ubuntu@",
        "planned: ",
        "1. start portsip.clickhouse\n     why:  it is stopped\n",
    ] {
        assert!(aloud.stderr.contains(said), "{said:?} in {aloud:?}");
    }

    let nothing = lab.dataflow(["run"]).at_terminal().left();
    assert_eq!(nothing.code, Some(0), "{nothing:?}");

    let json = lab
        .dataflow(["stop", "--output", "json"])
        .at_terminal()
        .left();
    assert_eq!(json.code, Some(0), "{json:?}");
    let json = lab
        .dataflow(["run", "--output", "json"])
        .at_terminal()
        .left();
    assert_eq!(json.code, Some(0), "{json:?}");

    let yes = lab.dataflow(["rm", "--yes"]).at_terminal().left();
    assert_eq!(yes.code, Some(0), "{yes:?}");
    assert!(lab.container_names().is_empty());

    for left in [nothing, json, yes] {
        assert!(!left.screen.contains(QUESTION), "{left:?}");
    }
}

#[test]
fn given_a_terminal_when_a_fetched_image_comes_to_more_than_was_told_then_it_is_asked_again() {
    let lab = Lab::deployed();
    // Deployed from another image than the one that the registry has under this name.
    lab.exec(
        "printf 'FROM portsip/pbx:22\\nLABEL moved=1\\n' | DOCKER_BUILDKIT=0 docker build --quiet --tag portsip/pbx:22 -",
    );
    let _ = lab.dataflow(["run"]).run().expect_success();
    let before = lab.containers();

    let mut terminal = lab.dataflow(["run", "--pull", "always"]).at_terminal();
    terminal.wait_for(QUESTION);
    terminal.type_in("yes\n");
    terminal.wait_for("outage: ");
    terminal.type_in("no\n");
    let left = terminal.left();

    assert_eq!(left.code, Some(4), "{left:?}");
    assert_eq!(left.screen.matches(QUESTION).count(), 2, "{left:?}");
    assert_eq!(lab.containers(), before);
}
