//! Each way to sign in and to become root, and servers whose sshd allows less than usual.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::ffi::OsStr;

use dataflow_tests::{Agent, CLICKHOUSE, Lab, Program, SERVICE};

/// Deploys and looks: both work that way.
fn deploys(lab: &Lab, program: impl Fn(&str) -> Program) {
    let _ = program("run").run().expect_success();
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    lab.wait_for_more_rows();
    let status = program("status").run().expect_success();
    assert!(status.stdout.contains("rows are stored"), "{status:?}");
}

fn with_key(lab: &Lab, user: &str, arguments: &[&OsStr]) -> Program {
    let identity = ["--identity".as_ref(), lab.key.as_os_str()];
    lab.dataflow_as(user, identity.into_iter().chain(arguments.iter().copied()))
}

#[test]
fn given_a_user_with_a_password_for_ssh_and_sudo_when_run_then_it_goes_through_sudo() {
    let lab = Lab::empty();
    let password = lab.password("pbx");
    deploys(&lab, |verb| {
        lab.dataflow_as("pbx", [verb])
            .env("DATAFLOW_SSH_PASSWORD", &password)
    });
}

#[test]
fn given_a_user_with_a_key_and_a_file_with_the_sudo_password_when_run_then_it_goes_through_sudo() {
    let lab = Lab::empty();
    let file = lab.users["pbx"].password_file.clone().expect("a file");
    deploys(&lab, |verb| {
        let arguments = [
            "--sudo-password-file".as_ref(),
            file.as_os_str(),
            verb.as_ref(),
        ];
        with_key(&lab, "pbx", &arguments)
    });
}

#[test]
fn given_root_with_a_key_when_run_then_no_sudo_is_needed() {
    let lab = Lab::empty();
    let _no_sudo = lab.setting(
        "mv /usr/bin/sudo /usr/bin/sudo.away",
        "mv /usr/bin/sudo.away /usr/bin/sudo",
    );
    let ended = with_key(&lab, "root", &["run".as_ref()]).run();
    let _ = ended.expect_success();
    lab.wait_for_more_rows();
}

#[test]
fn given_a_key_in_the_agent_when_run_then_no_file_is_needed() {
    let lab = Lab::empty();
    let agent = Agent::with([&lab.key]);
    deploys(&lab, |verb| {
        lab.dataflow_as("ubuntu", [verb])
            .env("SSH_AUTH_SOCK", &agent.socket)
    });
}

#[test]
fn given_a_user_who_may_not_become_root_when_run_then_it_is_told_and_nothing_was_touched() {
    let lab = Lab::empty();
    lab.exec("echo plain:words-of-plain | chpasswd");
    let before = lab.footprint();
    let run = ["run".as_ref()];
    let told = [
        (
            "a user without sudo, and no password",
            with_key(&lab, "plain", &run),
        ),
        (
            "a user without sudo",
            with_key(&lab, "plain", &run).env("DATAFLOW_SUDO_PASSWORD", "words-of-plain"),
        ),
        ("no sudo password", with_key(&lab, "pbx", &run)),
        (
            "a wrong sudo password",
            with_key(&lab, "pbx", &run).env("DATAFLOW_SUDO_PASSWORD", "not-the-password"),
        ),
    ]
    .map(|(case, program)| {
        let ended = program.run();
        assert_eq!(ended.code, Some(3), "{case}: {ended:?}");
        format!("== {case}\n{}", ended.snapshot())
    });
    insta::assert_snapshot!("users_who_may_not_become_root", told.join("\n\n"));
    before.assert_unchanged(&lab);
    lab.exec("usermod --password '!' plain");
}

#[test]
fn given_an_sshd_that_forwards_no_sockets_when_run_then_docker_is_reached_through_sudo() {
    let lab = Lab::empty();
    let _setting = lab.sshd_setting("AllowStreamLocalForwarding no");
    deploys(&lab, |verb| lab.dataflow([verb]));
}

#[test]
fn given_an_sshd_that_forwards_nothing_when_run_then_it_works_by_the_health_check() {
    let lab = Lab::empty();
    let _setting = lab.sshd_setting("DisableForwarding yes");
    let _ = lab.dataflow(["run"]).run().expect_success();
    lab.wait_for_more_rows();
    let status = lab.dataflow(["status"]).run();
    insta::assert_snapshot!("status_without_forwarding", status.snapshot());
}

#[test]
fn given_an_sshd_with_one_session_for_a_connection_when_run_then_further_connections_do() {
    let lab = Lab::empty();
    let _setting = lab.sshd_setting("MaxSessions 1");
    let password = lab.password("pbx");
    // Docker through sudo holds one session; the commands need another.
    deploys(&lab, |verb| {
        lab.dataflow_as("pbx", [verb])
            .env("DATAFLOW_SSH_PASSWORD", &password)
    });
}
