//! Each way in which a registry, a disk or a clock can keep an image away has its own message, exit code and next step.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use dataflow_tests::{ELSEWHERE, Ended, Lab, Program, refused};
use regex::Regex;

/// The image that is fetched.
const IMAGE: &str = "portsip/pbx:22.4";

const FAILED: i32 = 1;
const PRECONDITION: i32 = 3;

/// A server that has nothing but the image of the database, so that the service's is the only one to be fetched.
fn lab() -> Lab {
    let lab = Lab::empty();
    lab.exec("docker image inspect portsip/clickhouse:25.8 >/dev/null || docker pull --quiet portsip/clickhouse:25.8");
    lab.forget_images(&[IMAGE]);
    lab
}

/// Fetches the image from this registry.
fn from(lab: &Lab, registry: &str) -> Program {
    lab.dataflow(["run", "-i", &format!("{registry}/{IMAGE}")])
}

/// Ports and file names in the engine's words differ from run to run.
fn stable(told: &str) -> String {
    let port = regex::Regex::new(r":\d{5}->").expect("a pattern");
    let file = regex::Regex::new(r"(GetImageBlob|\.tmp-)[\w.]+").expect("a pattern");
    // A registry that does not answer may be given up in several ways.
    let silence = regex::Regex::new(r"(does not answer: Get \S+): .*").expect("a pattern");
    let told = silence.replace_all(told, "$1: [reason]");
    let told = port.replace_all(&told, ":[port]->");
    file.replace_all(&told, "$1[n]").into_owned()
}

#[test]
fn given_each_way_to_lose_the_registry_when_run_then_each_is_told_and_nothing_was_changed() {
    let lab = lab();
    let address = lab.registry.open.split(':').next().expect("an address");
    let before = lab.footprint();
    let no_name = from(&lab, "no-such-registry.invalid:5000");
    let mut told = vec![refused([("no such name", PRECONDITION, no_name)])];
    for (case, code, rule) in [
        ("refused", FAILED, "REJECT --reject-with tcp-reset"),
        (
            "no route",
            PRECONDITION,
            "REJECT --reject-with icmp-host-unreachable",
        ),
        ("no answer", FAILED, "DROP"),
    ] {
        let _rule = lab.firewall(&format!("OUTPUT -p tcp -d {address} -j {rule}"));
        told.push(refused([(case, code, from(&lab, &lab.registry.open))]));
    }
    {
        let _elsewhere = lab.registry_elsewhere(&lab.registry.open);
        let no_tls = from(&lab, &format!("{ELSEWHERE}:5000"));
        told.push(refused([("no TLS", PRECONDITION, no_tls)]));
    }
    // How long it waited, and for what, differs.
    let waited = Regex::new("(the registry does not answer: ).*").expect("a pattern");
    let told = told.join("\n\n");
    insta::assert_snapshot!(stable(&waited.replace_all(&told, "$1[reason]")));
    before.assert_only_recorded(&lab);
}

#[test]
fn given_a_certificate_that_is_not_valid_when_run_then_it_is_told_whether_the_clock_is_the_cause() {
    let lab = lab();
    let _elsewhere = lab.registry_elsewhere(&lab.server.address);
    let run = || from(&lab, ELSEWHERE);
    let mut told = Vec::new();
    for (case, from, days) in [("expired", -20, 10), ("not trusted", -1, 10)] {
        let _registry = lab.tls_registry(from, days);
        told.push(refused([(case, PRECONDITION, run())]));
    }
    let _registry = lab.tls_registry(1, 10);
    told.push(refused([
        ("not valid yet", PRECONDITION, run()),
        (
            "not valid yet for a server whose clock is behind",
            PRECONDITION,
            // The preflight would refuse a server whose clock is so far off before any image is fetched.
            run()
                .arguments(["--ignore", "time.skew"])
                .with_clock_off("+3d"),
        ),
    ]));
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn given_a_clock_that_is_off_when_run_then_there_is_a_warning_and_it_works() {
    let lab = Lab::empty();
    let ended: Ended = lab
        .dataflow(["run", "--ignore", "time.skew"])
        .with_clock_off("+1h")
        .run()
        .expect_success();
    let clock = "warning: the clock";
    assert_eq!(ended.stderr.matches(clock).count(), 1, "{ended:?}");
    let warning = ended.stderr.lines().find(|line| line.starts_with(clock));
    insta::assert_snapshot!(warning.expect("a warning"), @"warning: the clock of ubuntu@198.18.16.158 is 60 minutes behind, measured by this machine's: the times of calls will be wrong; set it, and have chrony or systemd-timesyncd keep it right");
    let right = lab.dataflow(["run"]).run().expect_success();
    assert!(!right.stderr.contains(clock), "{right:?}");
}

#[test]
fn given_a_full_disk_when_run_then_it_is_told_which_and_the_same_command_finishes_when_there_is_room()
 {
    let lab = lab();
    // Its layers are its own.
    let big = "portsip/pbx:big";
    lab.forget_images(&[big]);
    // The disk that is full here is one in memory, which the preflight would refuse.
    let run = || lab.dataflow(["run", "-i", big, "--ignore", "disk.file-system"]);
    let mut told = Vec::new();
    {
        let _full = lab.full_disk_on("/var/lib/docker/tmp");
        told.push(refused([(
            "while an image is fetched",
            PRECONDITION,
            run(),
        )]));
    }
    {
        let _full = lab.full_disk_on("/var/lib/portsip");
        told.push(refused([("while directories are set up", FAILED, run())]));
    }
    {
        let _full = lab.full_disk_on("/var/lib/docker/containers");
        told.push(refused([("while a container is made", FAILED, run())]));
    }
    {
        let _full = lab.full_disk_on("/var/lib/dataflow");
        told.push(refused([("while the lock is taken", FAILED, run())]));
    }
    insta::assert_snapshot!(stable(&told.join("\n\n")));
    let _ = run().run().expect_success();
    lab.wait_for_more_rows();
}
