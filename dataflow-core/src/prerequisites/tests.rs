//! Checklists as text.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use jiff::Timestamp;

use super::*;
use crate::{
    facts::Facts,
    pbx::{Cidr, IpFilter, PbxSeen, PbxVersion, Seen, Target},
    reach::{Outcome, Reach},
    spec::{Settings, SettingsFile, Spec},
};

const PRIVATE: &str = "172.31.16.158";
const ONE: &str = "aaaaaaaaaaaa";
const OTHER: &str = "bbbbbbbbbbbb";

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn settings(more: &str) -> Settings {
    let text = format!(
        "private-ip = '{PRIVATE}'\npublic-ip = '54.215.234.68'\npbx = '172.31.16.133'\n{more}"
    );
    SettingsFile::from_toml(&text, std::path::Path::new("dataflow.toml"))
        .unwrap()
        .top()
        .clone()
}

fn spec(more: &str) -> Spec {
    settings(more).spec().unwrap()
}

fn entry(target: Target, cidr: &str, end: Option<&str>, description: &str) -> IpFilter {
    IpFilter {
        id: "7".to_owned(),
        cidr: Cidr::read(cidr),
        target,
        expire_at: end.map(|end| end.parse().unwrap()),
        description: description.to_owned(),
    }
}

/// What is known where all is well.
fn reached(port: u16, outcome: Outcome) -> Seen<Vec<Reach>> {
    Seen::Known(vec![Reach { port, outcome }])
}

fn all_well() -> Known {
    let accepted = |cidr| {
        entry(
            Target::Accept,
            cidr,
            Some("2036-11-24T12:00:00Z"),
            "dataflow: Data Flow server paris",
        )
    };
    Known {
        pbx: PbxSeen {
            whitelist: Seen::Known(vec![
                accepted("172.31.16.158/32"),
                accepted("54.215.234.68/32"),
            ]),
            version: Seen::Known(PbxVersion::read("22.3.5")),
        },
        delivered: Seen::Known(ONE.parse().ok()),
        service: Some(Service {
            pbx_version: Some(PbxVersion::read("22.3.5")),
            token: ONE.parse().ok(),
        }),
        version: "22.3.5".parse().ok(),
        to_pbx: reached(8887, Outcome::Open),
        from_pbx: reached(8123, Outcome::Open),
        ..Known::nothing(now())
    }
}

const ALL: &str = "[token]\ndeliver-as = 'token'\n[prerequisites]\nfrom-pbx = [8123]\n";

fn text(items: &[Prerequisite]) -> String {
    let mut text = String::new();
    for item in items {
        let _ = writeln!(text, "{} {}: {}", item.state.word(), item.id, item.seen);
        for step in &item.remedy {
            let _ = writeln!(text, "  {step}");
        }
    }
    text
}

fn only(id: &str, known: &Known) -> String {
    let items = checklist(&spec(ALL), known);
    text(
        &items
            .into_iter()
            .filter(|item| item.id == id)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn given_that_all_is_well_then_there_is_nothing_to_do() {
    let items = checklist(&spec(ALL), &all_well());
    assert!(
        items
            .iter()
            .all(|item| item.state == State::Ok && item.remedy.is_empty())
    );
    insta::assert_snapshot!(text(&items));
}

#[test]
fn given_that_nothing_is_known_then_the_steps_to_do_by_hand_are_all_there() {
    let items = checklist(&spec(ALL), &Known::nothing(now()));
    assert!(
        items
            .iter()
            .all(|item| item.state == State::NotChecked && !item.remedy.is_empty())
    );
    insta::assert_snapshot!(text(&items));
}

#[test]
fn items_keep_their_order_whatever_is_known() {
    let ids = |known: &Known| -> Vec<&str> {
        checklist(&spec(ALL), known)
            .iter()
            .map(|item| item.id)
            .collect()
    };
    assert_eq!(ids(&all_well()), ids(&Known::nothing(now())));
}

#[test]
fn an_address_that_the_server_has_not_is_no_item() {
    let mut settings = settings("");
    settings.public_ip = None;
    let items = checklist(&settings.spec().unwrap(), &all_well());
    assert!(items.iter().all(|item| item.id != "whitelist.public"));
}

#[test]
fn what_the_whitelist_says_of_an_address() {
    let accept = |cidr, end, description| entry(Target::Accept, cidr, end, description);
    let deny = |cidr| entry(Target::Deny, cidr, None, "too many packets");
    let far = Some("2036-01-01T00:00:00Z");
    let cases = [
        ("none", Seen::Known(vec![])),
        (
            "a network of somebody else's",
            Seen::Known(vec![accept("172.31.0.0/16", None, "our VPC")]),
        ),
        (
            "about to end",
            Seen::Known(vec![accept(
                "172.31.16.158/32",
                Some("2026-12-24T00:00:00Z"),
                "Data Flow Server",
            )]),
        ),
        (
            "ended",
            Seen::Known(vec![accept(
                "172.31.16.158/32",
                Some("2026-11-01T00:00:00Z"),
                "Data Flow Server",
            )]),
        ),
        ("denied", Seen::Known(vec![deny("172.31.16.0/24")])),
        (
            "denied and accepted",
            Seen::Known(vec![
                deny("172.31.16.0/24"),
                accept("172.31.16.158/32", far, "dataflow: Data Flow server paris"),
            ]),
        ),
        (
            "unknown",
            Seen::Unknown("the PBX could not be reached".to_owned()),
        ),
        ("not asked", Seen::NotAsked),
    ];
    let mut told = String::new();
    for (case, whitelist) in cases {
        let mut known = all_well();
        known.pbx.whitelist = whitelist;
        let _ = writeln!(told, "# {case}\n{}", only("whitelist.private", &known));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_known_of_the_token() {
    let with_token = |known: &Known| {
        let mut settings = settings(ALL);
        settings.token.token = Some(crate::spec::Secret::Value("a-token".into()));
        let items = checklist(&settings.spec().unwrap(), known);
        text(
            &items
                .into_iter()
                .filter(|item| item.id == "token")
                .collect::<Vec<_>>(),
        )
    };
    let mut told = String::new();
    let mut tell = |case: &str, delivered: Seen<Option<&str>>, used: Option<&str>, set: bool| {
        let mut known = all_well();
        known.delivered = match delivered {
            Seen::Known(delivered) => Seen::Known(delivered.map(|text| text.parse().unwrap())),
            Seen::NotAsked => Seen::NotAsked,
            Seen::Unknown(why) => Seen::Unknown(why),
        };
        if let Some(service) = &mut known.service {
            service.token = used.map(|text| text.parse().unwrap());
        }
        let item = if set {
            with_token(&known)
        } else {
            only("token", &known)
        };
        let _ = writeln!(told, "# {case}\n{item}");
    };
    tell("as it was set", Seen::Known(Some(ONE)), Some(ONE), false);
    tell(
        "of a container without a label",
        Seen::Known(Some(ONE)),
        None,
        false,
    );
    tell(
        "only the container's label is known",
        Seen::NotAsked,
        Some(ONE),
        false,
    );
    tell(
        "another than the container's",
        Seen::Known(Some(OTHER)),
        Some(ONE),
        false,
    );
    tell(
        "another than in the settings",
        Seen::Known(Some(ONE)),
        Some(ONE),
        true,
    );
    tell(
        "a label other than in the settings",
        Seen::NotAsked,
        Some(ONE),
        true,
    );
    tell("not delivered yet", Seen::Known(None), None, true);
    tell("none anywhere", Seen::Known(None), None, false);
    tell(
        "unknown",
        Seen::Unknown("the file can't be read".to_owned()),
        None,
        false,
    );
    tell("nothing asked", Seen::NotAsked, None, false);
    let _ = writeln!(
        told,
        "# no place is set\n{}",
        text(
            &checklist(&spec(""), &all_well())
                .into_iter()
                .filter(|item| item.id == "token")
                .collect::<Vec<_>>()
        )
    );
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_known_of_the_versions() {
    let known = |pbx: Seen<&str>, image: Option<&str>, made_for: Option<&str>| {
        let mut known = all_well();
        known.pbx.version = match pbx {
            Seen::Known(text) => Seen::Known(PbxVersion::read(text)),
            Seen::NotAsked => Seen::NotAsked,
            Seen::Unknown(why) => Seen::Unknown(why),
        };
        known.version = image.map(|text| text.parse().unwrap());
        if let Some(service) = &mut known.service {
            service.pbx_version = made_for.map(PbxVersion::read);
        }
        known
    };
    let unknown = || Seen::Unknown("the PBX could not be reached".to_owned());
    let image = Some("22.3.5");
    let mut told = String::new();
    for (case, known) in [
        ("the same", known(Seen::Known("22.3.5"), image, None)),
        (
            "the same but for the build",
            known(Seen::Known("22.3.5.1234"), image, None),
        ),
        (
            "the PBX is older",
            known(Seen::Known("22.3.4"), image, None),
        ),
        (
            "the PBX is newer",
            known(Seen::Known("22.4.0"), image, None),
        ),
        (
            "the PBX was upgraded since",
            known(Seen::Known("22.3.5"), image, Some("22.3.4")),
        ),
        ("no number", known(Seen::Known("latest"), image, None)),
        ("no image", known(Seen::Known("22.3.5"), None, None)),
        ("unknown", known(unknown(), image, None)),
        ("not asked", known(Seen::NotAsked, None, None)),
    ] {
        let _ = writeln!(told, "# {case}\n{}", only("pbx.version", &known));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_port_that_is_not_reached_is_wrong_and_the_rule_to_add_is_told() {
    let mut known = all_well();
    known.to_pbx = reached(8887, Outcome::Refused);
    known.from_pbx = Seen::Unknown("nobody can sign in to the PBX's server".to_owned());
    insta::assert_snapshot!(only("reach.to-pbx", &known) + &only("reach.from-pbx", &known));
}

#[test]
fn a_port_that_could_not_be_tried_is_not_checked() {
    let mut known = all_well();
    known.to_pbx = reached(8887, Outcome::Unknown("it forwards nothing".to_owned()));
    let items = checklist(&spec(ALL), &known);
    let item = items.iter().find(|item| item.id == "reach.to-pbx").unwrap();
    assert_eq!(item.state, State::NotChecked);
    assert_eq!(item.seen, "port 8887: it forwards nothing");
}

#[test]
fn on_aws_the_rule_of_the_security_group_is_an_item_and_elsewhere_it_is_none() {
    let machine = |probe: &str| Facts::of_probe(probe.as_bytes(), "server", "/data");
    let mut known = all_well();
    known.server = Seen::Known(machine(include_str!(
        "../../fixtures/machines/vmware.probe"
    )));
    assert_eq!(only("aws.security-group", &known), "");

    let mut server = machine(include_str!("../../fixtures/machines/ec2-m6i.probe"));
    let node = include_str!("../../fixtures/machines/ec2-t2-xen.probe");
    server.pbx_node = machine(node).aws;
    let another = Seen::Known(server.clone());
    server.pbx_node = server.aws.clone();
    known.server = Seen::Known(server);
    let same = only("aws.security-group", &known);
    known.server = another;
    insta::assert_snapshot!(same + &only("aws.security-group", &known));
}

#[test]
fn only_what_is_missing_or_wrong_is_bad() {
    let bad = |state: State| state.is_bad();
    assert!(bad(State::Missing) && bad(State::Wrong));
    assert!(!bad(State::Ok) && !bad(State::Expiring) && !bad(State::NotChecked));
}
