#![allow(clippy::unwrap_used)]

use dataflow_core::host::{Fingerprint, SignIn, known_hosts::Place};
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

fn target(directory: &std::path::Path) -> Target {
    Target {
        address: "ssh://pbx@flow.example.com".parse().unwrap(),
        sign_in: SignIn {
            known_hosts: vec![directory.join("known_hosts")],
            ..SignIn::default()
        },
    }
}

fn unknown_key(other: Vec<Place>) -> HostError {
    HostError::UnknownHostKey {
        host: "pbx@flow.example.com".to_owned(),
        algorithm: "ssh-ed25519".to_owned(),
        fingerprint: FINGERPRINT.parse().unwrap(),
        key: KEY.to_owned(),
        other,
    }
}

fn refused(accepted: &str) -> HostError {
    HostError::AuthFailed {
        host: "pbx@flow.example.com".to_owned(),
        user: "pbx".to_owned(),
        tried: Vec::new(),
        accepted: vec![accepted.to_owned()],
    }
}

fn again(error: &HostError, target: &mut Target, operator: &Says) -> bool {
    answer(error, target, operator, &Printer::bare(Output::Human))
}

#[test]
fn an_accepted_host_key_is_remembered_and_pinned() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target(directory.path());
    assert!(again(&unknown_key(Vec::new()), &mut target, &YES));
    assert_eq!(target.sign_in.host_key.unwrap().to_string(), FINGERPRINT);
    let written = std::fs::read_to_string(directory.path().join("known_hosts")).unwrap();
    assert_eq!(written, format!("flow.example.com {KEY}\n"));
}

#[test]
fn a_host_key_that_is_not_accepted_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target(directory.path());
    assert!(!again(&unknown_key(Vec::new()), &mut target, &NO));
    assert!(target.sign_in.host_key.is_none());
    assert!(!directory.path().join("known_hosts").exists());
}

#[test]
fn a_host_known_by_another_key_is_not_asked_about() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target(directory.path());
    let other = Place {
        file: "known_hosts".into(),
        line: 1,
    };
    assert!(!again(&unknown_key(vec![other]), &mut target, &YES));
    assert!(!directory.path().join("known_hosts").exists());
}

#[test]
fn a_password_is_asked_for_once_and_only_where_the_server_takes_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target(directory.path());
    assert!(!again(&refused("publickey"), &mut target, &YES));
    assert!(!again(&refused("password"), &mut target, &NO));
    assert!(again(&refused("password"), &mut target, &YES));
    let password = target.sign_in.password.as_ref().unwrap();
    assert_eq!(password.expose_secret(), "canary");
    assert!(!again(&refused("password"), &mut target, &YES));
}

#[test]
fn the_sudo_password_is_asked_for_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut target = target(directory.path());
    let needed = HostError::SudoPasswordNeeded {
        host: "pbx@flow.example.com".to_owned(),
    };
    assert!(!again(&needed, &mut target, &NO));
    assert!(again(&needed, &mut target, &YES));
    assert!(!again(&needed, &mut target, &YES));
}
