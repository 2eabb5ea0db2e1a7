#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use secrecy::SecretString;

use super::*;
use crate::pbx::PbxVersion;
use crate::spec::RegistryLogin;
use crate::spec::Token;

/// A token that may be seen nowhere.
const CANARY: &str = "CanaryOfTheRegistry0";

fn spec() -> Spec {
    Spec::new(
        "172.31.16.133".parse().unwrap(),
        "172.31.16.158".parse().ok(),
        None,
    )
    .unwrap()
}

fn with_login(spec: Spec) -> Spec {
    spec.with_registry(RegistryLogin {
        server: "registry.example.com".parse().unwrap(),
        user: "operator".into(),
        token: SecretString::from(CANARY),
    })
}

fn seen() -> Observed {
    let directory = Directory {
        is_directory: true,
        mode: 0o755,
        owner: Owner { uid: 101, gid: 101 },
    };
    Observed {
        directories: [("/var/lib/portsip/clickhouse/data".to_owned(), directory)].into(),
        password: Some(SecretString::from("CanaryOfTheDatabase0")),
        ..Observed::default()
    }
}

fn deed() -> Deed {
    Deed {
        run: "20261124T114500Z-4f2a".into(),
        at: "2026-11-24T11:45:00Z".parse().unwrap(),
        operator: Operator {
            user: "alice".into(),
            from: "node1".into(),
            login: "pbx".into(),
            pid: 7,
        },
    }
}

fn remembered(spec: &Spec) -> Remembered {
    Remembered::news(None, spec, &seen(), deed()).unwrap()
}

#[test]
fn what_is_remembered_is_one_line_without_a_secret_that_reads_back() {
    let remembered = remembered(&with_login(spec()));
    let line = remembered.line();
    insta::assert_snapshot!(line, @r#"{"v":1,"run":"20261124T114500Z-4f2a","at":"2026-11-24T11:45:00Z","user":"alice","from":"node1","login":"pbx","pid":7,"settings":{"data-path":"/var/lib/portsip","private-ip":"172.31.16.158","pbx":"172.31.16.133","image":"portsip/pbx:22","clickhouse-image":"portsip/clickhouse:25.8","nofile":655360,"start-grace":90,"registry":"registry.example.com","registry-user":"operator","prerequisites":"api"},"owners":{"/var/lib/portsip/clickhouse/data":{"uid":101,"gid":101}}}"#);
    assert!(!line.contains("Canary"));
    assert_eq!(Remembered::read(&line), Some(remembered));
}

#[test]
fn a_deployment_that_is_remembered_already_is_no_news() {
    let before = remembered(&with_login(spec()));
    let news = |spec: &Spec| Remembered::news(Some(&before), spec, &seen(), deed());
    assert_eq!(news(&with_login(spec())), None);
    // A run that fetched nothing was told no sign-in: the last one stands.
    assert_eq!(news(&spec()), None);
    assert!(news(&spec().with_nofile(4096).unwrap()).is_some());
    let removed = before.clone().removed(deed());
    assert!(Remembered::news(Some(&removed), &spec(), &seen(), deed()).is_some());
}

#[test]
fn what_was_known_of_the_pbx_stays_known_until_it_is_known_better() {
    let with_token = |text: &str| spec().with_token(Token::new(text.into()).unwrap());
    let mut seen = seen();
    seen.pbx.version = Seen::Known(PbxVersion::read("22.3.5"));
    let first = Remembered::news(None, &with_token("one"), &seen, deed()).unwrap();
    seen.pbx.version = Seen::NotAsked;
    assert_eq!(Remembered::news(Some(&first), &spec(), &seen, deed()), None);
    seen.pbx.version = Seen::Known(PbxVersion::read("22.4.0"));
    let second = Remembered::news(Some(&first), &with_token("two"), &seen, deed()).unwrap();
    assert_eq!(second.settings.pbx_version.as_deref(), Some("22.4.0"));
    assert_ne!(second.settings.token, first.settings.token);
    assert!(!second.line().contains("\"two\""));
}

#[test]
fn what_was_met_by_hand_counts_for_the_same_addresses_only() {
    let by_hand = |spec: Spec| spec.with_prerequisites(PrerequisiteMode::Manual);
    let settings = remembered(&by_hand(spec())).settings;
    assert!(settings.met_by_hand(&spec()));
    assert!(!remembered(&spec()).settings.met_by_hand(&spec()));
    let ip = |text: &str| text.parse().ok();
    let (pbx, private, other) = (ip("172.31.16.133"), ip("172.31.16.158"), ip("172.31.16.9"));
    for (pbx, private, public) in [
        (other, private, None),
        (pbx, other, None),
        (pbx, None, private),
        (pbx, private, other),
    ] {
        let changed = Spec::new(pbx.unwrap(), private, public).unwrap();
        assert!(!settings.met_by_hand(&changed), "{changed:?}");
    }
}

#[test]
fn other_settings_are_told_one_by_one() {
    let before = remembered(&spec());
    assert_eq!(before.changed_by(&with_login(spec())), []);
    let other = Spec::new(
        "172.31.16.134".parse().unwrap(),
        None,
        "203.0.113.7".parse().ok(),
    );
    let changes = before.changed_by(&other.unwrap().with_nofile(4096).unwrap());
    let told: Vec<String> = changes
        .iter()
        .map(|change| {
            format!(
                "{}: {:?} -> {:?}",
                change.setting, change.now, change.wanted
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    private-ip: Some("172.31.16.158") -> None
    public-ip: None -> Some("203.0.113.7")
    pbx: Some("172.31.16.133") -> Some("172.31.16.134")
    nofile: Some("655360") -> Some("4096")
    "#);
}

#[test]
fn what_is_remembered_fills_in_settings_as_they_were() {
    let spec = spec().with_data_path("/data/flow".parse().unwrap());
    let again = remembered(&spec).settings.settings().spec().unwrap();
    assert_eq!(remembered(&again).settings, remembered(&spec).settings);
}

#[test]
fn hostile_settings_are_left_out_and_fit_to_be_shown() {
    let mut hostile = remembered(&spec());
    hostile.settings.pbx = "1.2.3.4\u{1b}[2J; rm -rf /".into();
    hostile.settings.data_path = "/etc".into();
    hostile.settings.nofile = 1;
    let read = Remembered::read(&hostile.line()).unwrap();
    let settings = read.settings.settings();
    assert!(settings.pbx.is_none() && settings.data_path.is_none() && settings.nofile.is_none());
    let changes = read.changed_by(&spec());
    let texts = changes.iter().filter_map(|change| change.now.as_ref());
    assert!(
        texts
            .into_iter()
            .all(|text| !text.chars().any(char::is_control))
    );
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "(?s).{0,300}") {
        prop_assert_eq!(Remembered::read(&text), None);
    }

    #[test]
    fn a_torn_line_is_forgotten(cut in 0usize..500) {
        let line = remembered(&spec()).line();
        if let Some(torn) = line.get(..cut.min(line.len() - 1)) {
            prop_assert_eq!(Remembered::read(torn), None);
        }
    }
}

#[test]
fn owners_count_as_long_as_clickhouse_comes_from_the_image_that_gave_them() {
    let mut seen = seen();
    let image = crate::docker::Image {
        id: "sha256:cc".into(),
        ..Default::default()
    };
    let name = spec().clickhouse_image().to_string();
    seen.images.insert(name, image);
    let remembered = Remembered::news(None, &spec(), &seen, deed()).unwrap();
    let under = |image_id: &str| {
        let container = Container {
            image_id: image_id.into(),
            ..Container::default()
        };
        remembered.owners_under(Some(&container)).len()
    };
    assert_eq!((under("sha256:cc"), under("sha256:dd")), (1, 0));
    assert!(remembered.owners_under(None).is_empty());
}
