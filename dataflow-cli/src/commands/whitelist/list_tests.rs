#![allow(clippy::unwrap_used)]

use dataflow_core::pbx::{Cidr, Target};
use insta::assert_snapshot;

use super::*;

fn entry(id: &str, target: Target, cidr: &str, end: Option<&str>, description: &str) -> IpFilter {
    IpFilter {
        id: id.to_owned(),
        cidr: Cidr::read(cidr),
        target,
        expire_at: end.map(|end| end.parse().unwrap()),
        description: description.to_owned(),
    }
}

fn listed(entries: Vec<IpFilter>) -> Listed {
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let addresses = ["172.31.16.158", "54.215.234.68"].map(|address| address.parse().unwrap());
    Listed {
        pbx: "https://172.31.16.133:8887/api".to_owned(),
        entries: entries
            .into_iter()
            .map(|entry| row(entry, &addresses, now))
            .collect(),
    }
}

fn all_sorts() -> Listed {
    let ours = "dataflow: Data Flow server paris";
    listed(vec![
        entry(
            "1",
            Target::Accept,
            "172.31.16.158/32",
            Some("2036-11-24T12:00:00Z"),
            ours,
        ),
        entry(
            "2",
            Target::Accept,
            "54.215.234.68/32",
            Some("2026-11-01T12:00:00Z"),
            ours,
        ),
        entry("3", Target::Accept, "172.31.0.0/16", None, "our VPC"),
        entry(
            "4",
            Target::Deny,
            "203.0.113.9/32",
            Some("2026-11-24T13:00:00Z"),
            "auto-blacklisted",
        ),
        entry("5", Target::Other("WATCH".to_owned()), "all", None, ""),
    ])
}

#[test]
fn ours_ended_ones_and_those_that_cover_the_server_are_marked() {
    assert_snapshot!(human(&all_sorts(), None));
    assert_snapshot!("json", serde_json::to_string_pretty(&all_sorts()).unwrap());
}

#[test]
fn an_empty_list_says_so() {
    assert_snapshot!(human(&listed(Vec::new()), None), @"https://172.31.16.133:8887/api has no entry");
}

#[test]
fn where_several_servers_were_asked_each_list_has_its_name() {
    let answers = [
        Answer {
            name: "paris".to_owned(),
            result: Ok(listed(Vec::new())),
        },
        Answer {
            name: "lima".to_owned(),
            result: Err(Failure::from(crate::error::CliError::NoApiUser {
                verb: "whitelist list",
            })),
        },
    ];
    let text = several_lists(&answers, None);
    assert_snapshot!(anstream::adapter::strip_str(&text));
}
