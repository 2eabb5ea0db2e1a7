//! The library as another program embeds it: its own example.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use dataflow_tests::Lab;

#[test]
fn given_the_librarys_example_when_run_then_it_deploys_and_prints_events() {
    let lab = Lab::empty();
    let home = tempfile::tempdir().expect("a home directory");
    let ssh = home.path().join(".ssh");
    fs::create_dir(&ssh).expect("a directory for keys");
    fs::copy(&lab.known_hosts, ssh.join("known_hosts")).expect("the lab's host keys");
    let key = ssh.join("id_ed25519");
    fs::copy(&lab.key, &key).expect("the lab's key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("a private key");

    let address = &lab.server.address;
    let ran = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--package",
            "dataflow-core",
            "--example",
            "deploy",
            "--",
        ])
        .args([&format!("ssh://ubuntu@{address}"), address, &lab.pbx])
        .env("CARGO_HOME", cargo_home())
        .env("RUSTUP_HOME", rustup_home())
        .env("HOME", home.path())
        .env_remove("SSH_AUTH_SOCK")
        .output()
        .expect("cargo runs");
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{stdout}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    for said in ["Connected", "StepDone", "Finished", "changed true"] {
        assert!(stdout.contains(said), "no {said} in\n{stdout}");
    }
    assert!(lab.rows().is_some(), "ClickHouse answers");
}

/// Cargo finds its own things by the home directory, which is another one here.
fn cargo_home() -> String {
    of("CARGO_HOME", ".cargo")
}

fn rustup_home() -> String {
    of("RUSTUP_HOME", ".rustup")
}

fn of(variable: &str, directory: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        let home = std::env::var("HOME").expect("a home directory");
        format!("{home}/{directory}")
    })
}
