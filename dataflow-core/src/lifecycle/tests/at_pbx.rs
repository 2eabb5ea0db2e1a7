use insta::assert_snapshot;

use super::*;
use crate::{
    Explain,
    pbx::{Cidr, IpFilter, PbxVersion, Seen, Target},
    spec::{PBX_VERSION_LABEL, TOKEN_LABEL, Token, TokenFingerprint},
};

const NOW: &str = "2026-11-24T15:00:00Z";

fn entry(address: &str, until: Option<&str>, description: &str) -> IpFilter {
    IpFilter {
        id: format!("id-of-{address}"),
        cidr: Cidr::read(address),
        target: Target::Accept,
        expire_at: until.map(|until| until.parse().unwrap()),
        description: description.to_owned(),
    }
}

fn ours(until: &str) -> IpFilter {
    entry(
        "172.31.16.158/32",
        Some(until),
        "dataflow: Data Flow server 172.31.16.158",
    )
}

/// A server, and what its PBX says.
fn at_pbx(observed: Observed, entries: Vec<IpFilter>, version: &str) -> Observed {
    let mut observed = observed;
    observed.pbx.whitelist = Seen::Known(entries);
    observed.pbx.version = Seen::Known(PbxVersion::read(version));
    observed.now = NOW.parse().unwrap();
    observed
}

/// The same, with the server's entry there for years.
fn listed(observed: Observed, version: &str) -> Observed {
    at_pbx(observed, vec![ours("2036-01-01T00:00:00Z")], version)
}

fn planned_for(spec: &Spec, observed: &Observed) -> String {
    let desired = Desired::new(spec, &Release::portsip(), Some(&"secret".into())).for_pbx(observed);
    match plan(&desired, observed, Pull::Missing.into()) {
        Ok(plan) => plan.to_string(),
        Err(error) => format!("refused: {error}\n  {}", error.next_step()),
    }
}

fn token(text: &str) -> Token {
    Token::new(text.into()).unwrap()
}

fn with_token(text: &str) -> Spec {
    spec()
        .with_token(token(text))
        .with_token_file("token".parse().unwrap())
}

fn delivered(text: &str) -> DeliveredToken {
    DeliveredToken {
        fingerprint: token(text).fingerprint(),
        mode: 0o600,
        owner: Owner { uid: 888, gid: 888 },
    }
}

/// A deployment that was made for a version of the PBX, with a token or without.
fn made_for(version: &str, with: Option<&str>) -> Observed {
    let mut observed = deployed();
    let labels = &mut container(&mut observed, SERVICE).labels;
    labels.insert(PBX_VERSION_LABEL.to_owned(), version.to_owned());
    if let Some(text) = with {
        labels.insert(
            TOKEN_LABEL.to_owned(),
            token(text).fingerprint().to_string(),
        );
    }
    observed.token = with.map(delivered);
    observed
}

#[test]
fn on_a_fresh_server_the_whitelist_comes_first_and_the_service_is_made_for_the_pbx() {
    assert_snapshot!(planned_for(
        &with_token("one"),
        &at_pbx(empty(), vec![], "22.3.5")
    ));
}

#[test]
fn where_images_have_to_be_fetched_nothing_is_changed_at_the_pbx_before_they_are_there() {
    let mut observed = at_pbx(empty(), vec![], "22.3.5");
    observed.images.clear();
    let desired = Desired::new(&spec(), &Release::portsip(), Some(&"secret".into()));
    let plan = plan(&desired, &observed, Pull::Missing.into()).unwrap();
    assert!(plan.only_fetches());
    assert_snapshot!(plan.forecast[0].to_string());
}

#[test]
fn where_all_is_as_wanted_there_is_nothing_to_do() {
    let observed = listed(made_for("22.3.5", Some("one")), "22.3.5");
    assert_eq!(planned_for(&with_token("one"), &observed), "nothing to do");
    // The token that is deployed stays where none is given, wherever it is.
    assert_eq!(planned_for(&spec(), &observed), "nothing to do");
    let other_place = spec().with_token_file("token".parse().unwrap());
    assert_eq!(planned_for(&other_place, &observed), "nothing to do");
}

#[test]
fn what_the_whitelist_lacks_is_added_or_renewed_with_its_cause() {
    let both = Spec::new(
        "172.31.16.133".parse().unwrap(),
        "172.31.16.158".parse().ok(),
        "54.215.234.68".parse().ok(),
    );
    let both = both.unwrap();
    let theirs = |until| entry("172.31.0.0/16", until, "our VPC");
    let cases = [
        ("missing", vec![]),
        ("about to end", vec![ours("2026-12-24T00:00:00Z")]),
        ("ended", vec![ours("2026-11-23T00:00:00Z")]),
        ("others' network", vec![theirs(None)]),
        (
            "others' network ends",
            vec![theirs(Some("2026-12-24T00:00:00Z"))],
        ),
        ("there", vec![ours("2036-01-01T00:00:00Z")]),
    ];
    let told = cases.map(|(case, entries)| {
        let mut steps = Plan::default();
        let observed = at_pbx(deployed(), entries, "22.3.5");
        let desired = Desired::new(&both, &Release::portsip(), None);
        whitelist::steps(&desired, &observed, &mut steps);
        format!("{case}\n{steps}")
    });
    assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_whitelist_that_was_not_asked_for_or_not_told_is_left_alone() {
    let mut observed = deployed();
    assert_eq!(planned_for(&spec(), &observed), "nothing to do");
    observed.pbx.whitelist = Seen::Unknown("the PBX is down".to_owned());
    assert_eq!(planned_for(&spec(), &observed), "nothing to do");
}

#[test]
fn an_entry_that_keeps_the_server_out_is_told_and_not_touched() {
    let denied = IpFilter {
        target: Target::Deny,
        ..entry("172.31.16.0/24", None, "bad network")
    };
    let observed = at_pbx(
        deployed(),
        vec![ours("2036-01-01T00:00:00Z"), denied],
        "22.3.5",
    );
    assert_eq!(planned_for(&spec(), &observed), "nothing to do");
    assert_snapshot!(whitelist::warnings(&spec(), &observed).join("\n"));
}

#[test]
fn another_token_is_delivered_and_recreates_the_service_and_nothing_else() {
    let observed = listed(made_for("22.3.5", Some("one")), "22.3.5");
    assert_snapshot!(planned_for(&with_token("two"), &observed));
}

#[test]
fn a_first_token_is_delivered_to_a_service_that_never_had_one() {
    let observed = listed(made_for("22.3.5", None), "22.3.5");
    assert_snapshot!(planned_for(&with_token("one"), &observed));
}

#[test]
fn a_token_that_others_can_read_is_delivered_again() {
    let mut observed = listed(made_for("22.3.5", Some("one")), "22.3.5");
    observed.token.as_mut().unwrap().mode = 0o644;
    let plan = planned_for(&with_token("one"), &observed);
    assert!(plan.starts_with("1. deliver the token 7692c3ad3540 to the service: its file is not the service's alone\n"), "{plan}");
}

#[test]
fn a_token_that_somebody_put_there_by_hand_recreates_the_service() {
    let mut observed = listed(made_for("22.3.5", Some("one")), "22.3.5");
    observed.token = Some(delivered("two"));
    let plan = planned_for(&spec().with_token_file("token".parse().unwrap()), &observed);
    assert!(plan.contains("create container portsip.dataflow from portsip/pbx:22: token: 7692c3ad3540, wanted: 3fc4ccfe7458"), "{plan}");
    assert!(!plan.contains("deliver"), "{plan}");
}

#[test]
fn a_token_without_a_place_is_only_compared_and_that_is_told() {
    let same = listed(made_for("22.3.5", Some("one")), "22.3.5");
    let without_place = |text: &str| spec().with_token(token(text));
    assert_eq!(planned_for(&without_place("one"), &same), "nothing to do");
    let plan = planned_for(&without_place("two"), &same);
    assert!(
        plan.contains("create container portsip.dataflow") && !plan.contains("deliver"),
        "{plan}"
    );
    let never = listed(made_for("22.3.5", None), "22.3.5");
    assert_eq!(planned_for(&without_place("two"), &never), "nothing to do");
    assert_snapshot!(super::super::token::warning(&without_place("one")).unwrap());
    assert_eq!(super::super::token::warning(&with_token("one")), None);
}

#[test]
fn no_plan_and_no_container_holds_the_token() {
    let spec = with_token("canary");
    let observed = at_pbx(empty(), vec![], "22.3.5");
    let desired = Desired::new(&spec, &Release::portsip(), None).for_pbx(&observed);
    let plan = plan(&desired, &observed, Pull::Missing.into()).unwrap();
    let said = format!(
        "{plan} {plan:?} {:?} {}",
        desired.service,
        serde_json::to_string(&plan.summary()).unwrap()
    );
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn a_changed_address_of_the_pbx_recreates_the_service_and_nothing_else() {
    let moved = Spec::new(
        "172.31.16.134".parse().unwrap(),
        "172.31.16.158".parse().ok(),
        None,
    );
    let observed = listed(made_for("22.3.5", None), "22.3.5");
    assert_snapshot!(planned_for(&moved.unwrap(), &observed));
}

#[test]
fn an_upgraded_pbx_recreates_the_service_once_its_image_has_that_version() {
    // The image of the tag was fetched: what it was made from is the image before it.
    let mut observed = listed(made_for("22.3.5", None), "22.4.0");
    observed
        .images
        .insert(IMAGE.to_owned(), image("sha256:bbbbbbbbbbbbbbbb", "22.4.0"));
    assert_snapshot!(planned_for(&spec(), &observed));
}

#[test]
fn a_newer_build_of_the_pbx_recreates_the_service_from_the_same_image() {
    let observed = listed(made_for("22.3.5.100", None), "22.3.5.101");
    let plan = planned_for(&spec(), &observed);
    assert!(plan.contains("create container portsip.dataflow from portsip/pbx:22: version of the PBX: 22.3.5.100, wanted: 22.3.5.101"), "{plan}");
    assert!(
        !plan.contains("prepare the database") && !plan.contains("fetch"),
        "{plan}"
    );
}

#[test]
fn a_container_that_does_not_say_for_which_pbx_it_was_made_is_compared_with_what_is_remembered() {
    let mut observed = listed(deployed(), "22.3.5.101");
    assert_eq!(planned_for(&spec(), &observed), "nothing to do");
    let before = listed(deployed(), "22.3.5.100");
    let deed = Deed {
        run: String::new(),
        at: NOW.parse().unwrap(),
        operator: Operator::default(),
    };
    observed.remembered = Remembered::news(None, &spec(), &before, deed);
    let plan = planned_for(&spec(), &observed);
    assert!(
        plan.contains("version of the PBX: 22.3.5.100, wanted: 22.3.5.101"),
        "{plan}"
    );
}

#[test]
fn what_a_label_says_is_put_on_a_container_again_only_where_it_makes_sense() {
    let mut observed = deployed();
    let labels = &mut container(&mut observed, SERVICE).labels;
    labels.insert(PBX_VERSION_LABEL.to_owned(), "canary\u{1b}".to_owned());
    labels.insert(TOKEN_LABEL.to_owned(), "canary".to_owned());
    let desired = Desired::new(&spec(), &Release::portsip(), None).for_pbx(&observed);
    assert!(!format!("{:?}", desired.service.labels).contains("canary"));
}

/// An image of the service by name, and the version in its label, beside a PBX of some version.
fn beside((name, version): (&str, &str), pbx: &str, accept: bool) -> String {
    let spec = spec()
        .with_image(name.parse().unwrap())
        .with_mismatch(accept);
    let mut observed = listed(empty(), pbx);
    let image = image("sha256:bbbbbbbbbbbbbbbb", version);
    observed.images.insert(spec.image().to_string(), image);
    let desired = Desired::new(&spec, &Release::portsip(), None).for_pbx(&observed);
    let told = |pull: Pull| match plan(&desired, &observed, pull.into()) {
        Ok(plan) if plan.only_fetches() => format!("fetched first: {}", plan.steps[0].why),
        Ok(_) => "taken".to_owned(),
        Err(error) => format!("refused: {error}\n    {}", error.next_step()),
    };
    let (first, fetched) = (told(Pull::Missing), told(Pull::Never));
    if first == fetched {
        first
    } else {
        format!("{first}\n  then {fetched}")
    }
}

#[test]
fn the_service_and_its_pbx_have_the_same_version() {
    let digest = format!("portsip/pbx:22@sha256:{}", "0".repeat(64));
    let cases = [
        (("portsip/pbx:22", "22.3.5"), "22.3.5", false),
        (("portsip/pbx:22", "22.3.5"), "22.3.5.1234", false),
        (("portsip/pbx:22", "22.3.5"), "v22.3.5 (2026-01-01)", false),
        (("portsip/pbx:22.4", "22.4.0"), "22.3.5", false),
        (("portsip/pbx:22.4", "22.4.0"), "22.3.5", true),
        (("portsip/pbx:22", "22.3.5"), "22.4.0", false),
        (("portsip/pbx:latest", "22.3.5"), "22.4.0", false),
        (("portsip/pbx:22.3", "22.3.5"), "22.4.0", false),
        (("portsip/pbx:22.3", "22.3.5"), "22.3.6", false),
        (
            ("registry.example.com:5000/pbx:22.3.5", "22.3.5"),
            "22.4.0",
            false,
        ),
        ((digest.as_str(), "22.3.5"), "22.4.0", false),
        (("portsip/pbx:22.3", "22.3.5"), "22.4.0", true),
        (("portsip/pbx:22", "22.3.5"), "unknown", false),
        (("portsip/pbx:22", "22.3.5"), "23.1.0", false),
    ];
    let told = cases.map(|(image, pbx, accept)| {
        let accepting = if accept { ", accepted" } else { "" };
        format!(
            "{} {} beside {pbx}{accepting}: {}",
            image.0,
            image.1,
            beside(image, pbx, accept)
        )
    });
    assert_snapshot!(told.join("\n"));
}

#[test]
fn fingerprints_of_what_is_on_the_server_are_those_of_tokens() {
    // printf one | sha256sum
    let digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    let read = TokenFingerprint::of_digest(digest);
    assert_eq!(read, Some(token("one").fingerprint()));
}
