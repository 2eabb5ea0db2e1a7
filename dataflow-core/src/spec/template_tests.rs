#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::{Explain, spec::SettingsFile};

fn read(text: &str) -> Settings {
    SettingsFile::from_toml(text, Path::new("/dataflow.toml"))
        .unwrap()
        .top()
        .clone()
}

/// Every key with its sample.
fn everything() -> String {
    let lines = |table: &crate::spec::keys::Table| -> String {
        let lines = table.keys.iter();
        lines
            .map(|key| format!("{} = {}\n", key.name, key.sample))
            .collect()
    };
    let inner = INNER.map(|table| format!("[{}]\n{}", table.name, lines(table)));
    format!("{}{}", lines(&SERVER), inner.concat())
}

#[test]
fn a_file_without_values_says_nothing_and_has_every_key() {
    let text = Settings::default().to_commented_toml().unwrap();
    assert_eq!(
        format!("{:?}", read(&text)),
        format!("{:?}", Settings::default())
    );
    insta::assert_snapshot!(text);
}

#[test]
fn every_sample_is_allowed_and_every_key_that_is_set_is_written() {
    let settings = read(&everything());
    let text = settings.to_commented_toml().unwrap();
    assert_eq!(
        format!("{:?}", read(&text)),
        format!("{settings:?}"),
        "{text}"
    );
    let set = |text: &str| -> Vec<String> {
        let keys = text.lines().filter(|line| !line.starts_with('#'));
        keys.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()))
            .collect()
    };
    assert_eq!(set(&text), set(&everything()));
}

#[test]
fn what_is_off_is_allowed_when_it_is_turned_on() {
    let text = Settings::default().to_commented_toml().unwrap();
    let on: String = text
        .lines()
        .map(|line| {
            let off = line
                .strip_prefix("# ")
                .filter(|rest| rest.contains(" = ") || rest.starts_with('['));
            format!("{}\n", off.unwrap_or(line))
        })
        .collect();
    let file = SettingsFile::from_toml(&on, Path::new("dataflow.toml")).unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), ["paris"]);
}

#[test]
fn values_are_quoted_as_toml_wants_them() {
    let mut settings = Settings::default();
    settings.registry.user = Some("o'\"\\é\n".to_owned());
    settings.ssh.identities = Some(vec!["/a b/\"c".into(), "/d".into()]);
    let text = settings.to_commented_toml().unwrap();
    assert_eq!(format!("{:?}", read(&text)), format!("{settings:?}"));
}

#[test]
fn a_secret_is_never_written() {
    let mut settings = Settings::default();
    settings.registry.token = Some(Secret::Value("canary".into()));
    let error = settings.to_commented_toml().unwrap_err();
    let said = format!("{error}\n{}", error.next_step());
    assert!(
        said.contains("registry.token-file") && !said.contains("canary"),
        "{said}"
    );
}
