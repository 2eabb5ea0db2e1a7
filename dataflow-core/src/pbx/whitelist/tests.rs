#![allow(clippy::unwrap_used)]

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::pbx::{Cidr, IpFilter, NewFilter, OURS, Target};

const SERVER: &str = "df01";

fn now() -> Timestamp {
    "2026-11-24T15:18:37Z".parse().unwrap()
}

fn in_days(days: i64) -> Option<Timestamp> {
    Some(now() + SignedDuration::from_hours(24 * days))
}

fn entry(
    id: &str,
    target: Target,
    cidr: &str,
    ends: Option<Timestamp>,
    description: &str,
) -> IpFilter {
    IpFilter {
        id: id.to_owned(),
        cidr: Cidr::read(cidr),
        target,
        expire_at: ends,
        description: description.to_owned(),
    }
}

/// One line for each address: how it stands; then what has to change, and why.
fn told(entries: &[IpFilter], wanted: &[&str]) -> String {
    let wanted: Vec<IpAddr> = wanted
        .iter()
        .map(|address| address.parse().unwrap())
        .collect();
    let mut lines: Vec<String> = wanted
        .iter()
        .map(|address| format!("{address}: {}", judge(entries, *address, now())))
        .collect();
    for change in changes(entries, &wanted, now(), SERVER) {
        lines.push(format!("{change}: {}", change.cause()));
    }
    lines.join("\n")
}

#[test]
fn given_an_empty_list_when_two_addresses_are_wanted_then_both_are_added() {
    insta::assert_snapshot!(told(&[], &["10.0.0.5", "2001:db8::5"]), @r"
    10.0.0.5: no entry accepts it
    2001:db8::5: no entry accepts it
    add 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: the PBX's whitelist has no entry for it
    add 2001:db8::5/128 on the PBX's whitelist until 2036-11-24: the PBX's whitelist has no entry for it
    ");
}

#[test]
fn given_the_same_address_twice_when_it_is_wanted_then_it_is_added_once() {
    insta::assert_snapshot!(told(&[], &["10.0.0.5", "::ffff:10.0.0.5"]), @r"
    10.0.0.5: no entry accepts it
    ::ffff:10.0.0.5: no entry accepts it
    add 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: the PBX's whitelist has no entry for it
    ");
}

#[test]
fn given_an_entry_of_others_that_covers_and_lasts_then_nothing_changes() {
    let office = entry("1", Target::Accept, "10.0.0.0/8", None, "office");
    insta::assert_snapshot!(told(&[office], &["10.0.0.5"]), @r#"10.0.0.5: ACCEPT 10.0.0.0/8 "office", does not end"#);
}

#[test]
fn given_an_entry_of_others_that_ends_soon_then_ours_is_added_beside_it() {
    let office = entry("1", Target::Accept, "10.0.0.0/8", in_days(60), "office");
    insta::assert_snapshot!(told(&[office], &["10.0.0.5"]), @r#"
    10.0.0.5: ACCEPT 10.0.0.0/8 "office", ends 2027-01-23: within 60 days
    add 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: its entry on the PBX's whitelist ends 2027-01-23
    "#);
}

#[test]
fn given_an_entry_of_ours_that_ends_soon_then_it_is_renewed() {
    let ours = entry(
        "1",
        Target::Accept,
        "10.0.0.5/32",
        in_days(59),
        "dataflow: Data Flow server df01",
    );
    insta::assert_snapshot!(told(&[ours], &["10.0.0.5"]), @r#"
    10.0.0.5: ACCEPT 10.0.0.5/32 "dataflow: Data Flow server df01", ends 2027-01-22: within 60 days
    renew 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: its entry on the PBX's whitelist ends 2027-01-22
    "#);
}

#[test]
fn given_an_entry_of_ours_that_has_ended_then_it_is_renewed() {
    let ours = entry(
        "1",
        Target::Accept,
        "10.0.0.5/32",
        in_days(-1),
        "dataflow: Data Flow server df01",
    );
    insta::assert_snapshot!(told(&[ours], &["10.0.0.5"]), @r#"
    10.0.0.5: no entry accepts it: 10.0.0.5/32 "dataflow: Data Flow server df01" ended 2026-11-23
    renew 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: its entry on the PBX's whitelist ended 2026-11-23
    "#);
}

#[test]
fn given_several_of_ours_then_the_one_that_lasts_longest_counts_and_is_renewed() {
    let ours = |id, days| {
        entry(
            id,
            Target::Accept,
            "10.0.0.5/32",
            in_days(days),
            "dataflow: x",
        )
    };
    let all = [ours("old", -5), ours("long", 20), ours("short", 10)];
    insta::assert_snapshot!(told(&all, &["10.0.0.5"]), @r#"
    10.0.0.5: ACCEPT 10.0.0.5/32 "dataflow: x", ends 2026-12-14: within 60 days
    renew 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: its entry on the PBX's whitelist ends 2026-12-14
    "#);
    let changes = changes(&all, &[[10, 0, 0, 5].into()], now(), SERVER);
    assert!(matches!(&changes[..], [WhitelistChange::Renew { id, .. }] if id == "long"));
}

#[test]
fn given_a_network_with_our_description_then_it_is_left_and_one_address_is_added() {
    let wide = entry(
        "1",
        Target::Accept,
        "10.0.0.0/24",
        in_days(10),
        "dataflow: Data Flow server df01",
    );
    insta::assert_snapshot!(told(&[wide], &["10.0.0.5"]), @r#"
    10.0.0.5: ACCEPT 10.0.0.0/24 "dataflow: Data Flow server df01", ends 2026-12-04: within 60 days
    add 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: its entry on the PBX's whitelist ends 2026-12-04
    "#);
}

#[test]
fn given_a_deny_of_others_then_it_is_told_and_ours_is_added_all_the_same() {
    let deny = entry("1", Target::Deny, "10.0.0.0/24", in_days(1), "attack");
    insta::assert_snapshot!(told(&[deny], &["10.0.0.5"]), @r#"
    10.0.0.5: denied by DENY 10.0.0.0/24 "attack", ends 2026-11-25
    add 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: the PBX's whitelist has no entry for it
    "#);
}

#[test]
fn given_a_deny_and_an_accept_then_both_are_told_and_nothing_changes() {
    let deny = entry("1", Target::Deny, "10.0.0.0/24", None, "attack");
    let accept = entry("2", Target::Accept, "10.0.0.5/32", None, "");
    insta::assert_snapshot!(told(&[deny, accept], &["10.0.0.5"]), @r#"10.0.0.5: denied by DENY 10.0.0.0/24 "attack", does not end, and accepted by ACCEPT 10.0.0.5/32, does not end; which of them the PBX heeds is not documented"#);
}

#[test]
fn given_entries_that_mean_nothing_for_the_address_then_they_do_not_count() {
    let all = [
        entry("1", Target::Deny, "10.0.0.5/32", in_days(-1), "over"),
        entry(
            "2",
            Target::Other("REJECT".to_owned()),
            "10.0.0.5/32",
            None,
            "unknown",
        ),
        entry("3", Target::Accept, "10.0.0.6/32", None, "the neighbour"),
        entry("4", Target::Accept, "everything", None, "unreadable"),
        entry("5", Target::Accept, "::/0", None, "the other family"),
    ];
    insta::assert_snapshot!(told(&all, &["10.0.0.5"]), @r"
    10.0.0.5: no entry accepts it
    add 10.0.0.5/32 on the PBX's whitelist until 2036-11-24: the PBX's whitelist has no entry for it
    ");
}

#[test]
fn a_change_is_told_to_programs() {
    let ours = entry(
        "1",
        Target::Accept,
        "10.0.0.5/32",
        in_days(59),
        "dataflow: x",
    );
    let wanted = [[10, 0, 0, 5].into(), [10, 0, 0, 6].into()];
    let changes = changes(&[ours], &wanted, now(), SERVER);
    insta::assert_snapshot!(serde_json::to_string_pretty(&changes).unwrap(), @r#"
    [
      {
        "change": "renew",
        "id": "1",
        "filter": {
          "cidr": "10.0.0.5/32",
          "target": "ACCEPT",
          "expire_at": "2036-11-24T15:18:37Z",
          "description": "dataflow: Data Flow server df01"
        },
        "cause": {
          "cause": "ending",
          "at": "2027-01-22T15:18:37Z"
        }
      },
      {
        "change": "add",
        "filter": {
          "cidr": "10.0.0.6/32",
          "target": "ACCEPT",
          "expire_at": "2036-11-24T15:18:37Z",
          "description": "dataflow: Data Flow server df01"
        },
        "cause": {
          "cause": "missing"
        }
      }
    ]
    "#);
}

/// The list after a change, as a PBX has it.
fn applied(entries: &mut Vec<IpFilter>, change: &WhitelistChange) {
    let made = |id: String, filter: &NewFilter| IpFilter {
        id,
        cidr: Cidr::read(&filter.cidr().to_string()),
        target: Target::Accept,
        expire_at: Some(filter.expire_at()),
        description: filter.description().to_owned(),
    };
    match change {
        WhitelistChange::Add { filter, .. } => {
            entries.push(made(format!("new {}", entries.len()), filter));
        }
        WhitelistChange::Renew { id, filter, .. } => {
            let entry = entries.iter_mut().find(|entry| entry.id == *id).unwrap();
            *entry = made(id.clone(), filter);
        }
    }
}

/// Few addresses and networks, so that they meet.
fn any_address() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..8_u8).prop_map(|last| format!("10.0.0.{last}")),
        (0..4_u8).prop_map(|last| format!("::ffff:10.0.0.{last}")),
        (0..4_u8).prop_map(|last| format!("2001:db8::{last}")),
    ]
}

fn any_entry() -> impl Strategy<Value = IpFilter> {
    let cidr = prop_oneof![
        any_address(),
        (28..=32_u8, 0..8_u8).prop_map(|(prefix, last)| format!("10.0.0.{last}/{prefix}")),
        (125..=128_u8).prop_map(|prefix| format!("2001:db8::/{prefix}")),
        Just("0.0.0.0/0".to_owned()),
        Just("what".to_owned()),
    ];
    let target = prop_oneof![
        3 => Just(Target::Accept),
        1 => Just(Target::Deny),
        1 => Just(Target::Other("X".to_owned())),
    ];
    let ends = prop::option::weighted(0.9, -100..200_i64);
    let description = prop_oneof![
        Just("office"),
        Just("dataflow: Data Flow server df01"),
        Just(OURS)
    ];
    (cidr, target, ends, description).prop_map(|(cidr, target, ends, description)| {
        entry("", target, &cidr, ends.and_then(in_days), description)
    })
}

proptest! {
    #[test]
    fn after_the_changes_nothing_is_left_to_change_and_nothing_of_others_was_touched(
        mut entries in prop::collection::vec(any_entry(), 0..12),
        wanted in prop::collection::vec(any_address(), 0..5),
    ) {
        for (index, entry) in entries.iter_mut().enumerate() {
            entry.id = index.to_string();
        }
        let wanted: Vec<IpAddr> = wanted.iter().map(|address| address.parse().unwrap()).collect();
        let before = entries.clone();
        let changes_made = changes(&entries, &wanted, now(), SERVER);
        for change in &changes_made {
            applied(&mut entries, change);
        }
        prop_assert_eq!(changes(&entries, &wanted, now(), SERVER), vec![]);
        for entry in before.iter().filter(|entry| !entry.is_ours() || entry.target != Target::Accept) {
            prop_assert!(entries.contains(entry));
        }
        for address in wanted {
            let standing = judge(&entries, address, now());
            prop_assert!(matches!(standing, Standing::Accepted(_) | Standing::Denied { accepted: Some(_), .. }), "{}", standing);
        }
    }
}
