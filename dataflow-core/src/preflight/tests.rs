#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, time::Duration};

use super::{judge::finding, *};
use crate::facts::Facts;

fn nothing() -> Facts {
    Facts::of_probe(b"", "server", "/data")
}

#[test]
fn identifiers_are_unique_and_well_formed() {
    let ids: BTreeSet<&str> = all().map(|check| check.id).collect();
    assert_eq!(ids.len(), all().count());
    for id in ids {
        let (group, what) = id.split_once('.').unwrap();
        let fine = |part: &str| {
            part.chars()
                .all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '0'..='9'))
        };
        assert!(fine(group) && fine(what) && !what.is_empty(), "{id}");
    }
}

#[test]
fn the_order_of_the_report_is_that_of_the_groups() {
    let groups: Vec<Group> = all().map(|check| check.group).collect();
    assert!(groups.is_sorted());
}

#[test]
fn given_a_machine_of_which_nothing_is_known_then_hardly_a_check_passes() {
    let report = judge(&nothing(), &Expectations::default()).unwrap();
    let passed: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.state == State::Pass)
        .map(|finding| finding.id)
        .collect();
    // A machine without frequency governors and without Docker looks the same.
    assert_eq!(passed, ["power.governor", "forbidden.portsip-roles"]);
    assert_eq!(report.counts.crashed, 0);
}

#[test]
fn given_a_check_that_panics_then_it_is_a_state_of_its_own() {
    let check = Check {
        judge: |_, _| {
            #[allow(clippy::panic)]
            {
                panic!("out of {}", "order")
            }
        },
        ..copy(find("cpu.count").unwrap())
    };
    let found = finding(&check, &nothing(), &Expectations::default());

    assert_eq!(found.state, State::Crashed);
    assert_eq!(found.seen, "the check itself failed: out of order");
}

#[test]
fn given_a_check_that_takes_long_then_it_says_so() {
    let check = Check {
        judge: |_, _| {
            std::thread::sleep(Duration::from_millis(120));
            Ok(Outcome::pass("at last"))
        },
        ..copy(find("cpu.count").unwrap())
    };
    let found = finding(&check, &nothing(), &Expectations::default());

    assert!(found.slow_ms.is_some_and(|took| took >= 120));
}

fn copy(check: &Check) -> Check {
    Check { ..*check }
}
