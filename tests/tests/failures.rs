//! A `run` or `upgrade` that fails leaves the old service running, or nothing half made.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Ended, Lab, SERVICE, wait_until};

/// Images that are found unfit before anything is stopped.
const UNFIT: [&str; 3] = [
    "portsip/pbx:no-such-tag",
    "portsip/pbx:nolabel",
    "portsip/pbx:old",
];

/// Images that turn out unfit only when they are tried.
const BROKEN: [&str; 2] = ["portsip/pbx:initfails", "portsip/pbx:crashes"];

fn told(cases: impl IntoIterator<Item = (&'static str, Ended)>) -> String {
    let told: Vec<String> = cases
        .into_iter()
        .map(|(image, ended)| format!("== {image}\n{}", ended.snapshot()))
        .collect();
    told.join("\n\n")
}

/// How a network says that nobody is there any more depends on the moment.
fn without_reason(ended: &Ended) -> String {
    let fetch = "could not fetch image portsip/pbx:big: ";
    let lines = ended.snapshot();
    let lines = lines.lines().map(|line| match line.split_once(fetch) {
        Some((before, _)) => format!("{before}{fetch}[reason]"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A program that pulls, with the way to the registry cut when part of the image was there.
fn cut_pull(lab: &Lab, arguments: &[&str]) -> Ended {
    lab.forget_images(&["portsip/pbx:big"]);
    let _slowed = lab.slow_registry();
    let program = lab.dataflow(arguments).start();
    wait_until("a part of the image", Duration::from_secs(60), || {
        lab.holds("find /var/lib/docker/tmp -name 'GetImageBlob*' -size +4M | grep -q .")
    });
    let _cut = lab.refused_registry();
    let output = program.wait_with_output().expect("dataflow ends");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn given_a_deployed_server_when_upgraded_to_an_unfit_image_then_nothing_was_stopped() {
    let lab = Lab::deployed();
    lab.forget_images(&UNFIT);
    let before = lab.containers();

    let ended = UNFIT.map(|image| (image, lab.dataflow(["upgrade", "-i", image]).run()));

    assert_eq!(lab.containers(), before);
    insta::assert_snapshot!("upgrade_to_unfit_images", told(ended));
    lab.wait_for_more_rows();
}

#[test]
fn given_a_deployed_server_when_upgraded_to_a_broken_image_then_the_old_service_runs_again() {
    let lab = Lab::deployed();
    lab.forget_images(&BROKEN);
    let ids = || [CLICKHOUSE, SERVICE].map(|name| lab.inspect(name)["Id"].clone());
    let before = ids();

    let ended = BROKEN.map(|image| {
        let ended = lab.dataflow(["upgrade", "-i", image]).run();
        assert_eq!(ids(), before, "{image}: the containers are the old ones");
        assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE], "{image}");
        lab.wait_for_more_rows();
        (image, ended)
    });

    insta::assert_snapshot!("upgrade_to_broken_images", told(ended));
    let status = lab.dataflow(["status"]).run();
    let _ = status.expect_success();
}

#[test]
fn given_a_server_with_nothing_when_run_with_an_unfit_or_broken_image_then_no_container_is_left_and_the_next_run_works()
 {
    let lab = Lab::empty();
    let images: Vec<&str> = UNFIT.into_iter().chain(BROKEN).collect();
    lab.forget_images(&images);

    let ended: Vec<(&str, Ended)> = images
        .into_iter()
        .map(|image| {
            let ended = lab.dataflow(["run", "-i", image]).run();
            assert_eq!(lab.container_names(), Vec::<String>::new(), "{image}");
            (image, ended)
        })
        .collect();

    insta::assert_snapshot!("run_with_unfit_and_broken_images", told(ended));
    let _ = lab.dataflow(["run"]).run().expect_success();
    lab.wait_for_more_rows();
}

#[test]
fn given_a_pull_that_is_cut_when_run_or_upgraded_then_nothing_was_touched_and_the_same_command_finishes()
 {
    let lab = Lab::empty();
    let _impatient = lab.impatient_engine();

    let run = cut_pull(&lab, &["run", "-i", "portsip/pbx:big"]);

    insta::assert_snapshot!("run_with_a_cut_pull", without_reason(&run));
    assert_eq!(lab.container_names(), Vec::<String>::new());
    assert!(!lab.holds("test -e /var/lib/portsip"));

    let _ = lab.dataflow(["run"]).run().expect_success();
    let before = lab.containers();
    let upgrade = ["upgrade", "-i", "portsip/pbx:big"];

    let ended = cut_pull(&lab, &upgrade);

    insta::assert_snapshot!("upgrade_with_a_cut_pull", without_reason(&ended));
    assert_eq!(lab.containers(), before);
    lab.wait_for_more_rows();
    let _ = lab.dataflow(upgrade).run().expect_success();
    assert_eq!(lab.inspect(SERVICE)["Config"]["Image"], "portsip/pbx:big");
    lab.wait_for_more_rows();
}
