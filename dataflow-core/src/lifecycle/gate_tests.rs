#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;
use crate::{facts::Fact, lifecycle::tests::some_container};

fn facts(machine: &str) -> Facts {
    let path = format!("fixtures/machines/{machine}.probe");
    let mut facts = Facts::of_probe(
        &std::fs::read(path).unwrap(),
        "pbx@flow",
        "/var/lib/portsip",
    );
    facts.time.ahead_ms = Fact::Known(0);
    facts
}

fn expecting(ignored: &[&str]) -> Expectations {
    Expectations {
        ignored: ignored.iter().map(|&id| id.to_owned()).collect(),
        ..Expectations::default()
    }
}

fn error_ids(judgement: &Judgement) -> Vec<&str> {
    judgement.errors.iter().map(|error| error.id).collect()
}

#[test]
fn given_a_machine_that_is_fit_then_it_passes() {
    let judgement = judge(&facts("ec2-m6i"), &expecting(&[]), false).unwrap();
    assert_eq!(error_ids(&judgement), [""; 0]);
    assert!(judgement.pass("pbx@flow").is_ok());
}

#[test]
fn given_errors_then_each_is_told_with_its_remedy_and_how_to_go_ahead() {
    use crate::{Explain, Kind};
    let error = judge(&facts("laptop"), &expecting(&[]), false)
        .unwrap()
        .pass("pbx@flow")
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Precondition);
    insta::assert_snapshot!(format!(
        "{error}\n{}\nnext: {}",
        error.details().join("\n"),
        error.next_step()
    ));
}

#[test]
fn given_a_server_where_it_runs_then_only_what_must_not_be_there_stands_in_the_way() {
    for machine in ["laptop", "shared-with-pbx", "ec2-t3", "container"] {
        let new = judge(&facts(machine), &expecting(&[]), false).unwrap();
        let deployed = judge(&facts(machine), &expecting(&[]), true).unwrap();
        assert!(
            error_ids(&deployed)
                .iter()
                .all(|id| id.starts_with("forbidden.")),
            "{machine}: {deployed:?}"
        );
        assert_eq!(
            new.errors.len() + new.warnings,
            deployed.errors.len() + deployed.warnings,
            "{machine}: an error that does not count is a warning"
        );
    }
    let shared = judge(&facts("shared-with-pbx"), &expecting(&[]), true).unwrap();
    assert!(error_ids(&shared).contains(&"forbidden.portsip-roles"));
}

#[test]
fn given_an_address_that_is_not_the_servers_then_it_is_refused_where_it_runs_too() {
    let expectations = Expectations {
        private_ip: Some("192.0.2.1".parse().unwrap()),
        ..Expectations::default()
    };
    let judgement = judge(&facts("ec2-m6i"), &expectations, true).unwrap();
    assert_eq!(error_ids(&judgement), ["network.private-ip"]);
}

#[test]
fn given_an_error_that_is_ignored_then_it_passes_and_is_on_record() {
    let laptop = facts("laptop");
    let all = judge(&laptop, &expecting(&[]), false).unwrap();
    let ids: Vec<&str> = error_ids(&all);
    let judgement = judge(&laptop, &expecting(&ids), false).unwrap();

    assert_eq!(judgement.ignored_ids(), ids);
    assert!(judgement.pass("pbx@flow").is_ok());
}

#[test]
fn given_what_is_no_error_when_it_is_ignored_then_nothing_is_put_on_record() {
    let judgement = judge(&facts("ec2-m6i"), &expecting(&["cpu.count"]), false).unwrap();
    assert_eq!(judgement.ignored_ids(), [""; 0]);
}

#[test]
fn what_an_interrupted_run_set_aside_counts_as_deployed() {
    let release = Release::portsip();
    let with = |name: String| Observed {
        containers: BTreeMap::from([(name, some_container())]),
        ..Observed::default()
    };
    assert!(is_deployed(&with(release.clickhouse_name.into()), &release));
    assert!(is_deployed(&with(aside(release.service_name)), &release));
    assert!(!is_deployed(&with(release.init_name.into()), &release));
    assert!(!is_deployed(&Observed::default(), &release));
}
