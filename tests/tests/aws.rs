//! What AWS says of the server and of the PBX node, by the lab's metadata service, and what the preflight makes of it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Instant;

use dataflow_tests::{Ended, Lab, Program};
use serde_json::{Value, json};

/// The variables that AWS's own programs heed.
const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// The address of the server's network card, as the lab's metadata has it.
const CARD: &str = "network/interfaces/macs/02:1a:2b:3c:4d:58";

/// Puts the instances back as they were.
struct Instances<'lab>(&'lab Lab);

impl Drop for Instances<'_> {
    fn drop(&mut self) {
        self.0.lab_pbx.reset_by_hand();
    }
}

impl Instances<'_> {
    fn set_server(&self, values: &Value) {
        let lab = self.0;
        lab.lab_pbx.set_instance(&lab.server.address, values);
    }
}

fn preflight(lab: &Lab) -> Program {
    let arguments = ["--output", "json", "preflight"];
    lab.dataflow(arguments).env(ENDPOINT, &lab.lab_pbx.metadata)
}

/// State, what was seen and the remedies of the checks of AWS.
fn on_aws(ended: &Ended) -> Vec<(String, String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = ended.json()["result"].clone();
    let findings = report["findings"].as_array().expect("findings");
    let found = findings
        .iter()
        .filter(|found| text(&found["id"]).starts_with("aws."));
    found
        .map(|found| {
            let remedy = found["remedy"].as_array().into_iter().flatten().map(text);
            (
                text(&found["id"]),
                text(&found["state"]),
                text(&found["seen"]),
                remedy.collect(),
            )
        })
        .collect()
}

fn states(ended: &Ended) -> Vec<(String, String)> {
    let all = on_aws(ended).into_iter();
    all.map(|(id, state, ..)| (id, state)).collect()
}

fn of(ended: &Ended, id: &str) -> (String, String) {
    let all = on_aws(ended);
    let found = all.into_iter().find(|(found, ..)| found == id);
    let (_, state, seen, _) = found.expect("every check is in the report");
    (state, seen)
}

#[test]
fn given_a_server_on_aws_when_dataflow_runs_elsewhere_then_it_is_judged_alone_and_the_rest_is_skipped_with_the_reason()
 {
    let lab = Lab::open();
    lab.lab_pbx.reset_by_hand();
    let ended = preflight(&lab).run();

    let expected = [
        ("aws.instance-type", "pass"),
        ("aws.dedicated", "skipped"),
        ("aws.private-ip", "pass"),
        ("aws.public-ip", "note"),
        ("aws.vpc", "skipped"),
        ("aws.subnet", "skipped"),
        ("aws.security-group", "skipped"),
    ];
    let expected = expected.map(|(id, state)| (id.to_owned(), state.to_owned()));
    assert_eq!(states(&ended), expected);
    let (_, seen) = of(&ended, "aws.vpc");
    assert!(seen.contains("does not run on the PBX node"), "{seen}");
}

#[test]
fn given_that_dataflow_runs_on_the_pbx_node_then_both_instances_are_compared() {
    let lab = Lab::open();
    let instances = Instances(&lab);
    lab.lab_pbx.reset_by_hand();
    let ended = lab.on_pbx_node(preflight(&lab)).run();
    insta::assert_json_snapshot!("both", on_aws(&ended));

    instances.set_server(&json!({
        "instance-type": "t3.xlarge",
        "public-ipv4": null,
        (format!("{CARD}/vpc-id")): "vpc-0999",
        (format!("{CARD}/subnet-id")): "subnet-0999",
        (format!("{CARD}/security-group-ids")): "sg-0999",
    }));
    let ended = lab.on_pbx_node(preflight(&lab)).run();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    insta::assert_json_snapshot!("another_network", on_aws(&ended));
}

#[test]
fn given_another_subnet_when_run_from_the_pbx_node_then_it_is_refused_and_nothing_is_touched() {
    let lab = Lab::empty();
    let instances = Instances(&lab);
    instances.set_server(&json!({ (format!("{CARD}/subnet-id")): "subnet-0999" }));
    let before = lab.footprint();
    let run = |arguments: &[&str]| {
        let program = lab.dataflow(arguments);
        lab.on_pbx_node(program.env(ENDPOINT, &lab.lab_pbx.metadata))
            .run()
    };

    let ended = run(&["run"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("aws.subnet"), "{ended:?}");
    assert!(!ended.stderr.contains("aws.vpc"), "{ended:?}");
    before.assert_unchanged(&lab);

    let planned = run(&["plan", "--ignore", "aws.subnet"]);
    assert_eq!(planned.code, Some(0), "{planned:?}");
}

#[test]
fn where_it_is_not_to_be_asked_or_does_not_answer_nothing_else_changes() {
    let lab = Lab::open();
    let off = preflight(&lab).env(DISABLED, "true").run();
    let (state, seen) = of(&off, "aws.instance-type");
    assert_eq!(state, "skipped");
    assert!(seen.contains(DISABLED), "{seen}");

    // Nothing is there.
    let began = Instant::now();
    let silent = preflight(&lab).env(ENDPOINT, "http://198.18.16.254").run();
    assert!(began.elapsed().as_secs() < 20);
    let (state, seen) = of(&silent, "aws.instance-type");
    assert_eq!(state, "unknown");
    assert!(seen.contains("did not answer"), "{seen}");
    assert_eq!(off.code, silent.code);

    let wrong = preflight(&lab).env(ENDPOINT, "169.254.169.254").run();
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

#[test]
fn without_an_endpoint_a_machine_that_is_not_on_ec2_is_not_asked() {
    let lab = Lab::open();
    let ended = lab.dataflow(["--output", "json", "preflight"]).run();
    let (state, seen) = of(&ended, "aws.vpc");
    assert_eq!((state.as_str(), seen.as_str()), ("skipped", "not on AWS"));
}
