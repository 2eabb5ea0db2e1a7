//! Each way in which Docker can be out of reach has its own message, exit code and next step.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{Lab, Program, refused};

/// What the program says where the server is not as it must be.
const PRECONDITION: i32 = 3;

/// With the lab's key as this user.
fn as_user(lab: &Lab, user: &str, verb: &str) -> Program {
    let key = lab.key.to_str().expect("a path in UTF-8");
    lab.dataflow_as(user, ["--identity", key, verb])
}

/// The same with the user's password for sudo.
fn with_sudo(lab: &Lab, user: &str, verb: &str) -> Program {
    as_user(lab, user, verb).env("DATAFLOW_SUDO_PASSWORD", lab.password(user))
}

#[test]
fn given_no_docker_when_asked_for_anything_then_it_is_told_how_to_get_it_whoever_asks() {
    let lab = Lab::empty();
    let told = {
        let _without = lab.without_docker();
        refused([
            ("in the group docker", PRECONDITION, lab.dataflow(["run"])),
            ("root", PRECONDITION, as_user(&lab, "root", "run")),
            ("with sudo", PRECONDITION, with_sudo(&lab, "pbx", "status")),
            (
                "without sudo",
                PRECONDITION,
                as_user(&lab, "plain", "status"),
            ),
        ])
    };
    insta::assert_snapshot!(told);
}

#[test]
fn given_a_daemon_that_does_not_run_when_asked_for_anything_then_that_is_told_whoever_asks() {
    let lab = Lab::empty();
    let mut told = {
        let _stopped = lab.stopped_docker();
        refused([
            ("stopped", PRECONDITION, lab.dataflow(["run"])),
            (
                "stopped, with sudo",
                PRECONDITION,
                with_sudo(&lab, "pbx", "run"),
            ),
            (
                "stopped, without sudo",
                PRECONDITION,
                as_user(&lab, "plain", "run"),
            ),
        ])
    };
    told.push_str("\n\n");
    told.push_str(&{
        let _broken = lab.broken_docker();
        refused([
            (
                "it cannot read its settings",
                PRECONDITION,
                lab.dataflow(["run"]),
            ),
            (
                "it cannot read its settings, with sudo",
                PRECONDITION,
                with_sudo(&lab, "pbx", "run"),
            ),
        ])
    });
    insta::assert_snapshot!(told);
}

#[test]
fn given_a_user_without_a_way_to_docker_when_asked_for_anything_then_it_is_told_why_and_what_sudo_said()
 {
    let lab = Lab::empty();
    let mut told = refused([
        (
            "not in the group, sudo wants a password",
            PRECONDITION,
            as_user(&lab, "pbx", "run"),
        ),
        ("not in the group, no sudo", PRECONDITION, {
            as_user(&lab, "plain", "run").env("DATAFLOW_SUDO_PASSWORD", "anything")
        }),
    ]);
    {
        let _no_client = lab.without_program("/usr/bin/docker");
        let case = (
            "not in the group, sudo, no client",
            PRECONDITION,
            with_sudo(&lab, "pbx", "run"),
        );
        told = format!("{told}\n\n{}", refused([case]));
    }
    let _off = lab.sshd_setting("AllowStreamLocalForwarding no");
    let _no_client = lab.without_program("/usr/bin/docker");
    let _no_sudo = lab.sudo_setting("ubuntu ALL=(ALL) PASSWD: ALL");
    let case = (
        "in the group, nothing forwarded, no client",
        PRECONDITION,
        lab.dataflow(["run"]),
    );
    told = format!("{told}\n\n{}", refused([case]));
    insta::assert_snapshot!(told);
}

#[test]
fn given_a_user_of_the_group_when_nothing_is_forwarded_and_sudo_is_no_way_then_the_client_program_is_one()
 {
    let lab = Lab::deployed();
    let _off = lab.sshd_setting("AllowStreamLocalForwarding no");
    let _no_sudo = lab.sudo_setting("ubuntu ALL=(ALL) PASSWD: ALL");
    let status = lab.dataflow(["status"]).run();
    let _ = status.expect_success();
}

#[test]
fn given_each_way_in_which_sudo_refuses_when_run_then_each_is_told_and_nothing_was_touched() {
    let lab = Lab::empty();
    let before = lab.footprint();
    let run = || lab.dataflow(["run"]);
    let mut told = Vec::new();
    for (case, line) in [
        ("a password", "ubuntu ALL=(ALL) PASSWD: ALL"),
        ("refused", "ubuntu ALL=(ALL) NOPASSWD: !ALL"),
    ] {
        let _setting = lab.sudo_setting(line);
        told.push(refused([(case, PRECONDITION, run())]));
    }
    {
        let _without = lab.without_program("/usr/bin/sudo");
        told.push(refused([("no sudo", PRECONDITION, run())]));
    }
    {
        let _no_terminal = lab.without_program("/usr/bin/script");
        let _setting = lab.sudo_setting("Defaults requiretty");
        told.push(refused([("only from a terminal", PRECONDITION, run())]));
    }
    before.assert_unchanged(&lab);
    insta::assert_snapshot!(told.join("\n\n"));
    for line in ["Defaults use_pty", "Defaults requiretty"] {
        let _setting = lab.sudo_setting(line);
        let _ = run().run().expect_success();
    }
}
