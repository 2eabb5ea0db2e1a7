#![allow(clippy::unwrap_used)]

use std::path::Path;

use dataflow_core::host::{
    Fingerprint, SignIn,
    known_hosts::{NewKey, Place},
};
use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::args::Output;

const FINGERPRINT: &str = "SHA256:Nh0Me49Zh9fDw/VYUfq43IJmI1T+XrjiYONPND8GzaM";
const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/// An operator who gives the same answer to every question.
struct Says {
    yes: bool,
    password: Option<&'static str>,
}

impl Operator for Says {
    fn accepts_host_key(&self, _: &str, _: &str, _: &Fingerprint) -> bool {
        self.yes
    }

    fn password(&self, _: &str, _: &str) -> Option<SecretString> {
        self.password.map(SecretString::from)
    }

    fn passphrase(&self, _: &Path) -> Option<SecretString> {
        self.password.map(SecretString::from)
    }

    fn sudo_password(&self, _: &str) -> Option<SecretString> {
        self.password.map(SecretString::from)
    }
}

const YES: Says = Says {
    yes: true,
    password: Some("canary"),
};
const NO: Says = Says {
    yes: false,
    password: None,
};

fn target() -> Target {
    Target {
        address: "ssh://pbx@flow.example.com".parse().unwrap(),
        sign_in: SignIn::default(),
    }
}

fn unknown_key(directory: &Path, other: Vec<Place>) -> HostError {
    HostError::UnknownHostKey {
        host: "pbx@flow.example.com".to_owned(),
        algorithm: "ssh-ed25519".to_owned(),
        fingerprint: FINGERPRINT.parse().unwrap(),
        new: NewKey {
            name: "flow.example.com".to_owned(),
            key: KEY.to_owned(),
            file: Some(directory.join("known_hosts")),
            hashed: None,
        },
        strict: false,
        other,
    }
}

fn refused(accepted: &str) -> HostError {
    HostError::AuthFailed {
        host: "pbx@flow.example.com".to_owned(),
        user: "pbx".to_owned(),
        tried: Vec::new(),
        accepted: vec![accepted.to_owned()],
        locked: Vec::new(),
    }
}

fn again(error: &HostError, target: &mut Target, operator: &Says) -> bool {
    answer(error, target, operator, &Printer::bare(Output::Human))
}

#[test]
fn an_accepted_host_key_is_remembered_and_pinned() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target();
    assert!(again(
        &unknown_key(directory.path(), Vec::new()),
        &mut target,
        &YES
    ));
    let accepted = ("flow.example.com".to_owned(), FINGERPRINT.parse().unwrap());
    assert_eq!(target.sign_in.answers.host_keys, [accepted]);
    assert!(!again(
        &unknown_key(directory.path(), Vec::new()),
        &mut target,
        &YES
    ));
    let written = std::fs::read_to_string(directory.path().join("known_hosts")).unwrap();
    assert_eq!(written, format!("flow.example.com {KEY}\n"));
}

#[test]
fn a_host_key_that_is_not_accepted_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target();
    assert!(!again(
        &unknown_key(directory.path(), Vec::new()),
        &mut target,
        &NO
    ));
    assert!(target.sign_in.answers.host_keys.is_empty());
    assert!(!directory.path().join("known_hosts").exists());
}

#[test]
fn a_host_known_by_another_key_is_not_asked_about() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target();
    let other = Place {
        file: "known_hosts".into(),
        line: 1,
    };
    assert!(!again(
        &unknown_key(directory.path(), vec![other]),
        &mut target,
        &YES
    ));
    assert!(!directory.path().join("known_hosts").exists());
}

#[test]
fn a_host_key_is_not_asked_about_where_ssh_config_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let mut error = unknown_key(directory.path(), Vec::new());
    if let HostError::UnknownHostKey { strict, .. } = &mut error {
        *strict = true;
    }
    assert!(!again(&error, &mut target(), &YES));
}

#[test]
fn a_password_is_asked_for_once_and_only_where_the_server_takes_one() {
    let mut target = target();
    assert!(!again(&refused("publickey"), &mut target, &YES));
    assert!(!again(&refused("password"), &mut target, &NO));
    assert!(again(&refused("password"), &mut target, &YES));
    let password = &target.sign_in.answers.passwords["pbx@flow.example.com"];
    assert_eq!(password.expose_secret(), "canary");
    assert!(!again(&refused("password"), &mut target, &YES));
}

#[test]
fn a_passphrase_is_asked_for_once_for_each_key() {
    let mut target = target();
    let error = |path: &str| HostError::KeyFile {
        path: path.into(),
        problem: KeyProblem::Encrypted,
    };
    assert!(again(&error("one"), &mut target, &YES));
    assert!(!again(&error("one"), &mut target, &YES));
    assert!(!again(&error("two"), &mut target, &NO));
    assert!(!again(&error("two"), &mut target, &YES));
    let passphrases = &target.sign_in.answers.passphrases;
    assert!(passphrases[Path::new("one")].is_some());
    assert!(passphrases[Path::new("two")].is_none());
}

#[test]
fn a_key_without_a_passphrase_leaves_the_turn_to_the_password() {
    let mut target = target();
    let HostError::AuthFailed {
        host,
        user,
        accepted,
        tried,
        ..
    } = refused("password")
    else {
        unreachable!("refused")
    };
    let locked = HostError::AuthFailed {
        host,
        user,
        tried,
        accepted,
        locked: vec!["one".into()],
    };
    assert!(again(&locked, &mut target, &NO));
    assert!(again(&refused("password"), &mut target, &YES));
}

#[test]
fn the_sudo_password_is_asked_for_once() {
    let mut target = target();
    let needed = HostError::SudoPasswordNeeded {
        host: "pbx@flow.example.com".to_owned(),
    };
    assert!(!again(&needed, &mut target, &NO));
    assert!(again(&needed, &mut target, &YES));
    assert!(!again(&needed, &mut target, &YES));
}
