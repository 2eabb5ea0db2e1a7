#![allow(clippy::unwrap_used)]
use std::fmt::Write;

use super::*;
use crate::host::{Address, SignIn};

/// What servers answered, and whether sudo was a way.
const ANSWERS: &[(&str, &str, bool)] = &[
    ("nothing there", "", true),
    ("nothing there, no sudo", "", false),
    (
        "removed, its socket left behind",
        "socket\nLoadState=not-found\nActiveState=inactive\nlistening ActiveState=inactive",
        true,
    ),
    (
        "the client alone",
        "client\nLoadState=not-found\nActiveState=inactive\nsaid Cannot connect to the Docker daemon",
        true,
    ),
    (
        "stopped",
        "socket\nmay-open\nclient\ndaemon\nLoadState=loaded\nActiveState=inactive\nlistening ActiveState=inactive\nsaid Cannot connect to the Docker daemon\nlog of long ago",
        true,
    ),
    (
        "stopped, no sudo",
        "socket\nclient\ndaemon\nLoadState=loaded\nActiveState=inactive\nlistening ActiveState=inactive\nsaid permission denied",
        false,
    ),
    (
        "failed",
        "socket\nmay-open\nclient\ndaemon\nLoadState=loaded\nActiveState=failed\nlistening ActiveState=failed\nlog \u{1b}[2Jinvalid settings",
        true,
    ),
    (
        "not in the group",
        "socket\nclient\ndaemon\nLoadState=loaded\nActiveState=active\nlistening ActiveState=active\nsaid permission denied",
        false,
    ),
    (
        "forwarding off",
        "socket\nmay-open\ndaemon\nLoadState=loaded\nActiveState=active\nlistening ActiveState=active",
        false,
    ),
    (
        "no client",
        "socket\nmay-open\ndaemon\nLoadState=loaded\nActiveState=active\nlistening ActiveState=active",
        true,
    ),
    (
        "no systemd, stopped",
        "client\ndaemon\nsaid Cannot connect to the Docker daemon",
        true,
    ),
    (
        "it answers after all",
        "socket\nmay-open\nclient\ndaemon\nLoadState=loaded\nActiveState=active\nlistening ActiveState=active\nanswers\nsaid ",
        true,
    ),
];

#[tokio::test]
async fn each_reason_has_its_own_error() {
    let host = Host::connect(&Address::Local, &SignIn::default())
        .await
        .unwrap();
    let mut told = String::new();
    for (case, answer, has_sudo) in ANSWERS {
        let sudo = HostError::SudoPasswordNeeded {
            host: "local".to_owned(),
        };
        let reached = DockerError::NoAnswer {
            host: "local".to_owned(),
            doing: "tell its version".to_owned(),
            detail: "silence".to_owned(),
        };
        let facts = Facts::read(answer);
        let error = facts.verdict(&host, (!has_sudo).then_some(sudo), reached);
        let user = format!("{} ", host.user());
        let text = error.to_string();
        let text = text.strip_prefix(&user).unwrap_or(&text);
        let _ = writeln!(told, "{case}: {text}");
        for line in crate::Explain::details(&error) {
            let _ = writeln!(told, "  | {line}");
        }
    }
    insta::assert_snapshot!(told);
}
