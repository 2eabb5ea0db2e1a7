//! A connection that is lost in the middle is told with the step at which that was, and the same command finishes the job.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::process::Child;
use std::time::Duration;

use dataflow_tests::{Ended, Lab, SERVICE, refused, wait_until};

/// An image that takes long enough to be fetched.
const BIG: &str = "portsip/pbx:big";

const UNREACHABLE: i32 = 6;

/// A program that fetches, when part of the image was there.
fn in_mid_pull(lab: &Lab) -> Child {
    lab.forget_images(&[BIG]);
    let program = lab.dataflow(["run", "-i", BIG]).start();
    wait_until("a part of the image", Duration::from_secs(60), || {
        lab.holds("find /var/lib/docker/tmp -name 'GetImageBlob*' -size +1M | grep -q .")
    });
    program
}

fn end_of(program: Child) -> Ended {
    let output = program.wait_with_output().expect("dataflow ends");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// How a network says that a connection is gone depends on the moment.
fn without_reason(ended: &Ended) -> String {
    let reason = regex::Regex::new(r"(was lost during `[^`]*`): [^;\n]*").expect("a pattern");
    reason
        .replace_all(&ended.snapshot(), "$1: [reason]")
        .into_owned()
}

#[test]
fn given_a_connection_that_is_cut_in_a_step_when_run_then_the_step_is_told_and_the_same_command_finishes()
 {
    let lab = Lab::empty();
    let ended = {
        let program = in_mid_pull(&lab);
        let _cut = lab.firewall("INPUT -p tcp --dport 22 -j REJECT --reject-with tcp-reset");
        end_of(program)
    };
    insta::assert_snapshot!("connection_cut_in_a_step", without_reason(&ended));
    let _ = lab.dataflow(["run", "-i", BIG]).run().expect_success();
    assert_eq!(lab.inspect(SERVICE)["Config"]["Image"], BIG);
    lab.wait_for_more_rows();
}

#[test]
fn given_a_daemon_that_goes_away_in_a_step_when_run_then_that_is_told_and_the_same_command_finishes()
 {
    let lab = Lab::empty();
    let ended = {
        let program = in_mid_pull(&lab);
        let _stopped = lab.stopped_docker();
        end_of(program)
    };
    insta::assert_snapshot!("daemon_gone_in_a_step", ended.snapshot());
    let _ = lab.dataflow(["run", "-i", BIG]).run().expect_success();
    lab.wait_for_more_rows();
}

#[test]
fn given_each_way_not_to_reach_the_server_when_run_then_each_is_told() {
    let lab = Lab::open();
    let run = || lab.dataflow(["--connect-timeout", "2", "run"]);
    let mut told = Vec::new();
    for (case, rule) in [
        ("no answer", "DROP"),
        ("refused", "REJECT --reject-with tcp-reset"),
        ("no route", "REJECT --reject-with icmp-host-unreachable"),
    ] {
        let _rule = lab.firewall(&format!("INPUT -p tcp --dport 22 -j {rule}"));
        told.push(refused([(case, UNREACHABLE, run())]));
    }
    insta::assert_snapshot!("server_out_of_reach", told.join("\n\n"));
}
