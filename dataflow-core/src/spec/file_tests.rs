#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::Explain;

fn errors(texts: &[&str]) -> String {
    let said = |text: &&str| {
        let error = Settings::from_toml(text, Path::new("dataflow.toml")).unwrap_err();
        assert_eq!(error.kind(), crate::Kind::Usage);
        format!("{error}\n  {}", error.next_step())
    };
    texts.iter().map(said).collect::<Vec<_>>().join("\n")
}

#[test]
fn text_that_is_not_toml_is_refused_with_its_place() {
    assert_snapshot!(errors(&["pbx = ", "pbx '10.0.0.1'", "a = 1\n\n[ssh\n", "pbx = '10.0.0.1'\npbx = '10.0.0.2'", "pbx = \"\\q\""]), @"");
}

#[test]
fn unknown_keys_are_refused_with_a_suggestion() {
    assert_snapshot!(errors(&[
        "pxb = '10.0.0.1'",
        "# one\ndata_path = '/data'",
        "[ssh]\nagnet = true",
        "[registry]\n'ü' = 1",
        "identities = []",
        "colour = 1",
        "[docker]\nx = 1",
        "ssh.identity = 'x'",
    ]), @"");
}

#[test]
fn secrets_in_clear_are_refused_and_not_repeated() {
    let said = errors(&[
        "[ssh]\npassword = 'canary'",
        "[ssh]\nsudo-password = 'canary'",
        "ssh = { passphrase = 'canary' }",
        "[registry]\ntoken = 'canary'",
        "registry.password = 'canary'",
    ]);
    assert!(!said.contains("canary"));
    assert_snapshot!(said, @"");
}

#[test]
fn values_that_are_not_allowed_are_refused_with_key_and_place() {
    assert_snapshot!(errors(&[
        "pbx = '172.31.16.300'",
        "\n\n  private-ip = '127.0.0.1'",
        "public-ip = 'pbx.example.com'",
        "pbx = 5",
        "data-path = 'portsip'",
        "data-path = '/etc/portsip'",
        "data-path = '/var/lib'",
        "data-path = '/srv/a:b'",
        "data-path = '/srv/../x'",
        "image = 'portsip/PBX:22'",
        "clickhouse-image = 'portsip/clickhouse:'",
        "image = 'portsip/pbx@sha256:12'",
        "start-grace = 0",
        "start-grace = -5",
        "nofile = 12",
        "nofile = 'many'",
        "pull = 'sometimes'",
        "ssh = 5",
        "[[registry]]",
        "[ssh]\nagent = 'yes'",
        "[ssh]\nidentities = 'id'",
        "[ssh]\nidentities = ['a', 5]",
        "[ssh]\nconnect-timeout = 601",
        "[registry]\nserver = 'https://docker.io'",
    ]), @"");
}

#[test]
fn every_key_of_the_lists_is_a_field_and_every_field_is_in_the_lists() {
    // Serde says which keys it expects when it meets one that it does not know.
    let fields = |text: &str| {
        let message = toml::from_str::<Settings>(text).unwrap_err().message().to_owned();
        let (_, names) = message.split_once("expected one of ").unwrap();
        names.split(", ").map(|name| name.trim_matches('`').to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fields("zzz = 1"), TOP);
    assert_eq!(fields("[ssh]\nzzz = 1"), SSH);
    assert_eq!(fields("[registry]\nzzz = 1"), REGISTRY);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        let _ = Settings::from_toml(&text, Path::new("dataflow.toml"));
    }

    #[test]
    fn any_value_of_any_key_is_read_without_a_panic(
        table in prop_oneof![Just(""), Just("[ssh]\n"), Just("[registry]\n"), Just("ssh.")],
        key in prop::sample::select([TOP, SSH, REGISTRY].concat()),
        value in prop_oneof![
            any::<String>().prop_map(|text| toml::Value::from(text).to_string()),
            any::<i64>().prop_map(|number| number.to_string()),
            Just("{}".to_owned()),
            Just("[[]]".to_owned()),
            Just("1979-05-27".to_owned()),
            Just("nan".to_owned()),
        ],
    ) {
        if let Err(error) = Settings::from_toml(&format!("{table}{key} = {value}\n"), Path::new("dataflow.toml")) {
            let _ = (error.to_string(), error.next_step());
        }
    }
}
