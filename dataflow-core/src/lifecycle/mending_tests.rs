#![allow(clippy::unwrap_used)]

use super::*;
use crate::facts::{Fact, Facts, Keeper, Place, Unit};

fn facts() -> Facts {
    let text = std::fs::read("fixtures/machines/ec2-m6i.probe").unwrap();
    Facts::of_probe(&text, "pbx@flow", "/var/lib/portsip")
}

fn report(facts: &Facts) -> preflight::Report {
    preflight::judge(facts, &Expectations::default()).unwrap()
}

fn planned(facts: &Facts, ignored: &[&str]) -> String {
    let expectations = Expectations {
        ignored: ignored.iter().map(|&id| id.to_owned()).collect(),
        ..Expectations::default()
    };
    let report = preflight::judge(facts, &expectations).unwrap();
    plan(&report, &expectations).to_string()
}

/// A server on which everything that can be mended is to be mended.
fn neglected() -> Facts {
    let mut facts = facts();
    facts.kernel.huge_pages = Fact::Known("always".into());
    facts.kernel.overcommit = Fact::Known(2);
    facts.kernel.pid_max = Fact::Known(16_384);
    facts.kernel.threads_max = Fact::Known(9_000);
    facts.kernel.delay_accounting = Fact::Known(0);
    facts.kernel.nr_open = Fact::Known(65_536);
    facts.power.governors = vec!["powersave".into()];
    facts.power.may_sleep = Fact::Known(vec!["sleep.target".into(), "suspend.target".into()]);
    facts.time.keeper = Fact::Known(Keeper {
        program: String::new(),
        synchronised: false,
    });
    facts.software.units = Fact::Known(vec![unit("systemd-timesyncd.service", false)]);
    facts
}

fn unit(name: &str, masked: bool) -> Unit {
    Unit {
        name: name.into(),
        active: false,
        enabled: false,
        masked,
    }
}

#[test]
fn each_remedy_has_its_cause_and_what_takes_it_back() {
    insta::assert_snapshot!(planned(&neglected(), &[]));
}

#[test]
fn what_is_ignored_stays_as_it_is() {
    let plan = planned(
        &neglected(),
        &["kernel.pid-max", "time.sync", "power.sleep"],
    );
    assert!(plan.contains("kernel.threads-max") && !plan.contains("kernel.pid_max"));
    assert!(!plan.contains("systemd-timesyncd") && !plan.contains("mask"));
}

#[test]
fn a_time_service_that_is_masked_or_missing_is_not_started() {
    let mut facts = neglected();
    for units in [vec![], vec![unit("chrony.service", true)]] {
        facts.software.units = Fact::Known(units);
        assert!(!planned(&facts, &[]).contains("start "));
    }
}

#[test]
fn governors_that_differ_are_left_alone_since_nothing_could_put_them_back() {
    let mut facts = neglected();
    facts.power.governors = vec!["ondemand".into(), "powersave".into()];
    assert!(!planned(&facts, &[]).contains("governor"));
}

#[test]
fn given_a_remedy_that_did_not_help_then_that_is_told() {
    let before = report(&neglected());
    let mut facts = facts();
    facts.kernel.overcommit = Fact::Known(2);
    let left = not_mended(&before, &report(&facts), &Expectations::default());
    assert!(
        left.iter()
            .any(|line| line.starts_with("kernel.overcommit: 2")),
        "{left:?}"
    );
    assert!(!left.iter().any(|line| line.contains("kernel.pid-max")));
}

#[test]
fn after_all_of_it_there_is_nothing_to_do() {
    let mut facts = neglected();
    let before = report(&facts);
    facts.kernel.huge_pages = Fact::Known("madvise".into());
    facts.kernel.overcommit = Fact::Known(0);
    facts.kernel.pid_max = Fact::Known(4_194_304);
    facts.kernel.threads_max = Fact::Known(100_000);
    facts.kernel.delay_accounting = Fact::Known(1);
    facts.kernel.nr_open = Fact::Known(1_048_576);
    facts.power.governors = vec!["performance".into()];
    facts.power.may_sleep = Fact::Known(Vec::new());
    facts.time.keeper = Fact::Known(Keeper {
        program: "systemd-timesyncd".into(),
        synchronised: true,
    });
    facts.storage.place = Fact::Known(Place::Directory {
        mode: 0o755,
        uid: 0,
    });
    let now = report(&facts);
    assert!(plan(&now, &Expectations::default()).is_empty());
    assert_eq!(not_mended(&before, &now, &Expectations::default()), [""; 0]);
}
