//! Kinds of machines: what the probe writes there, the facts it makes, and the report.

#![allow(clippy::unwrap_used, missing_docs)]

use std::{collections::BTreeSet, path::Path};

use dataflow_core::{
    Explain,
    facts::{Aws, Fact, Facts},
    preflight::{Expectations, Profile, Report, State, Verdict, judge, render},
};

const MACHINES: &str = "fixtures/machines";

fn facts(name: &str) -> Facts {
    let text = std::fs::read(format!("{MACHINES}/{name}.probe")).unwrap();
    let mut facts = Facts::of_probe(&text, name, "/var/lib/portsip");
    facts.time.ahead_ms = Fact::Known(120);
    facts
}

fn report(name: &str) -> Report {
    judge(&facts(name), &Expectations::default()).unwrap()
}

fn state(report: &Report, id: &str) -> State {
    let found = report.findings.iter().find(|found| found.id == id);
    found.unwrap().state
}

#[test]
fn each_kind_of_machine_has_its_report() {
    let mut names: Vec<String> = Path::new(MACHINES)
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".probe").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 12);
    for name in names {
        insta::assert_snapshot!(format!("{name}.report"), render::plain(&report(&name)));
        insta::assert_snapshot!(format!("{name}.facts"), facts(&name).to_json().unwrap());
    }
}

#[test]
fn recorded_facts_are_the_same_facts() {
    for name in ["ec2-m6i", "laptop", "ec2-plain-user"] {
        let facts = facts(name);
        let again = Facts::from_json(&facts.to_json().unwrap()).unwrap();
        assert_eq!(facts, again);
    }
}

#[test]
fn given_a_machine_at_the_minimum_when_it_is_for_a_large_deployment_then_it_is_not_fit() {
    let large = Expectations {
        profile: Profile::LargeScale,
        ..Expectations::default()
    };
    let standard = report("ec2-c7g");
    let large = judge(&facts("ec2-c7g"), &large).unwrap();

    assert_eq!(standard.verdict, Verdict::FitWithWarnings);
    assert_eq!(state(&standard, "memory.per-cpu"), State::Warning);
    assert_eq!(state(&large, "memory.per-cpu"), State::Error);
    assert_eq!(state(&large, "cpu.count"), State::Error);
}

#[test]
fn given_an_error_when_its_check_is_ignored_then_it_does_not_count_and_is_on_record() {
    let before = report("vmware");
    let ignored = Expectations {
        ignored: BTreeSet::from(["disk.size".to_owned()]),
        ..Expectations::default()
    };
    let after = judge(&facts("vmware"), &ignored).unwrap();

    assert_eq!(state(&before, "disk.size"), State::Error);
    let found = after.findings.iter().find(|found| found.id == "disk.size");
    assert_eq!(found.unwrap().ignored, Some(State::Error));
    assert_eq!(after.counts.error + 1, before.counts.error);
    assert_eq!(after.counts.ignored, 1);
    assert!(render::plain(&after).contains("it would be: error"));
}

#[test]
fn given_an_identifier_that_is_no_check_when_it_is_ignored_then_the_nearest_is_named() {
    let ignored = Expectations {
        ignored: BTreeSet::from(["disc.size".to_owned()]),
        ..Expectations::default()
    };
    let error = judge(&facts("vmware"), &ignored).unwrap_err();
    assert!(error.next_step().contains("disk.size"));
}

#[test]
fn given_what_the_pbx_is_when_the_server_differs_then_it_is_not_fit() {
    let expectations = Expectations {
        user: Some("pbx".to_owned()),
        pbx_os: Some("ubuntu 24.04".to_owned()),
        private_ip: Some("172.31.16.159".parse().unwrap()),
        ..Expectations::default()
    };
    let report = judge(&facts("ubuntu-22.04"), &expectations).unwrap();
    for id in ["account.user", "os.same-as-pbx", "network.private-ip"] {
        assert_eq!(state(&report, id), State::Error, "{id}");
    }
}

/// What the checks of AWS find on a machine, with their remedies.
fn on_aws(facts: &Facts, expectations: &Expectations) -> String {
    let report = judge(facts, expectations).unwrap();
    let findings = report.findings.iter();
    let lines = findings
        .filter(|found| found.id.starts_with("aws."))
        .map(|found| {
            let remedy: String = found
                .remedy
                .iter()
                .map(|line| format!("    {line}\n"))
                .collect();
            format!(
                "{:<8} {:<20} {}\n{remedy}",
                found.state.name(),
                found.id,
                found.seen
            )
        });
    lines.collect()
}

/// What AWS says of an instance, with something in it said otherwise.
fn aws(name: &str, changes: &[(&str, &str)]) -> Aws {
    let mut text = std::fs::read_to_string(format!("{MACHINES}/{name}.probe")).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Facts::of_probe(text.as_bytes(), name, "/var/lib/portsip").aws
}

#[test]
fn given_what_aws_says_of_server_and_pbx_node_then_they_are_compared_and_the_rule_is_spelled_out() {
    let node = aws("shared-with-pbx", &[]);
    let elsewhere = &[
        ("vpc-0a1b2c3d4e5f60718", "vpc-0999"),
        ("subnet-0123456789abcdef0", "subnet-0999"),
        ("sg-0fedcba9876543210", "sg-0999"),
    ];
    let two_groups = &[("sg-0fedcba9876543210", "sg-0fedcba9876543210\nsg-0777")];
    let silent = Aws::Silent("the PBX node: AWS's metadata service did not answer".to_owned());
    let as_deployed = Expectations {
        private_ip: "172.31.16.158".parse().ok(),
        public_ip: "54.215.234.68".parse().ok(),
        ..Expectations::default()
    };
    let other_public = Expectations {
        public_ip: "54.215.234.99".parse().ok(),
        ..as_deployed.clone()
    };
    let other_private = Expectations {
        private_ip: "172.31.16.159".parse().ok(),
        ..as_deployed.clone()
    };
    let server = facts("ec2-m6i");
    let mut two_addresses = server.clone();
    if let Fact::Known(addresses) = &mut two_addresses.network.addresses {
        let mut second = addresses.last().unwrap().clone();
        second.address = "172.31.16.159".parse().unwrap();
        addresses.push(second);
    }
    for (name, server, node, expectations) in [
        ("as-it-should-be", &server, node.clone(), &as_deployed),
        (
            "another-network",
            &server,
            aws("shared-with-pbx", elsewhere),
            &as_deployed,
        ),
        (
            "one-group-of-two",
            &server,
            aws("shared-with-pbx", two_groups),
            &as_deployed,
        ),
        (
            "the-pbx-node-itself",
            &facts("shared-with-pbx"),
            node.clone(),
            &as_deployed,
        ),
        ("the-pbx-node-does-not-say", &server, silent, &as_deployed),
        (
            "another-public-address",
            &server,
            node.clone(),
            &other_public,
        ),
        (
            "an-address-that-is-not-here",
            &server,
            node.clone(),
            &other_private,
        ),
        (
            "an-address-that-is-not-primary",
            &two_addresses,
            node.clone(),
            &other_private,
        ),
        ("no-public-address", &facts("ec2-t3"), node, &as_deployed),
    ] {
        let facts = Facts {
            pbx_node: node,
            ..server.clone()
        };
        insta::assert_snapshot!(format!("aws.{name}"), on_aws(&facts, expectations));
    }
}

#[test]
fn facts_that_were_recorded_before_aws_was_asked_are_read() {
    let mut recorded: serde_json::Value =
        serde_json::from_str(&facts("ec2-m6i").to_json().unwrap()).unwrap();
    recorded
        .as_object_mut()
        .unwrap()
        .retain(|name, _| name != "aws" && name != "pbx_node");
    let facts = Facts::from_json(&recorded.to_string()).unwrap();
    let report = judge(&facts, &Expectations::default()).unwrap();
    assert_eq!(state(&report, "aws.instance-type"), State::Skipped);
}

#[test]
fn a_report_can_be_written_for_ci_and_for_a_page() {
    insta::assert_snapshot!(
        "as-junit",
        render::junit([Ok(&report("vmware")), Ok(&report("wsl"))])
    );
    insta::assert_snapshot!("as-markdown", render::markdown([Ok(&report("proxmox"))]));
    insta::assert_snapshot!(
        "as-json",
        serde_json::to_string_pretty(&report("ec2-t3")).unwrap()
    );
}
