//! The lab itself: what the other suites rely on.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::{Duration, Instant};

use dataflow_tests::{Lab, wait_until};

#[test]
fn given_the_lab_when_its_users_are_looked_at_then_each_has_the_rights_it_is_there_for() {
    let lab = Lab::open();
    let rights = |user: &str| {
        let sudo = lab.holds(&format!("runuser -u {user} -- sudo --non-interactive true"));
        let docker = lab.holds(&format!("runuser -u {user} -- docker version >/dev/null"));
        (sudo, docker)
    };
    assert_eq!(rights("ubuntu"), (true, true));
    assert_eq!(rights("pbx"), (false, false));
    assert_eq!(rights("plain"), (false, false));
    assert!(
        lab.holds("id --name --groups pbx | grep --quiet --word-regexp sudo"),
        "pbx may use sudo with its password"
    );
    assert!(!lab.password("pbx").is_empty());
}

#[test]
fn given_a_tag_that_the_registry_lacks_when_pulled_then_the_engine_says_so_at_once() {
    let lab = Lab::open();
    let start = Instant::now();
    let answer = lab.exec("docker pull portsip/pbx:no-such-tag 2>&1 || true");
    assert!(answer.contains("manifest unknown"), "{answer}");
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "took {:?}",
        start.elapsed()
    );
}

#[test]
fn given_a_registry_behind_a_password_when_pulled_without_it_then_it_refuses() {
    let lab = Lab::open();
    let private = &lab.registry.private;
    assert!(!lab.holds(&format!("docker pull --quiet {private}/portsip/pbx:22")));
    let sign_in = format!(
        "echo '{}' | docker login --username {} --password-stdin {private}",
        lab.registry_password(),
        lab.registry.user
    );
    assert!(lab.holds(&sign_in));
    assert!(lab.holds(&format!(
        "docker pull --quiet {private}/portsip/pbx:22 && docker logout {private}"
    )));
}

#[test]
fn given_a_cut_registry_when_the_cut_ends_then_images_can_be_pulled_again() {
    let lab = Lab::empty_without_images();
    {
        let _cut = lab.cut_registry();
        assert!(!lab.holds("docker pull --quiet portsip/pbx:22"));
    }
    assert!(lab.holds("docker pull --quiet portsip/pbx:22"));
}

#[test]
fn given_containers_run_as_the_vendor_runs_them_when_the_server_reboots_then_rows_are_kept_and_grow()
 {
    let lab = Lab::empty();
    lab.exec(
        "set -e
        data=/var/lib/portsip; mkdir -p $data/clickhouse $data/dataflow; chown 888:888 $data/dataflow
        docker run --detach --name db --network host --user root --restart unless-stopped --env CLICKHOUSE_PASSWORD=canary \
            --volume $data/clickhouse:/var/lib/clickhouse portsip/clickhouse:25.8
        until curl --silent --fail http://127.0.0.1:8123/ping; do sleep 0.1; done
        volume=$data/dataflow:$data/dataflow
        docker run --rm --network host --user root --volume $volume portsip/pbx:22 \
            /usr/local/bin/initdt_dataflow.sh initdt -D $data/dataflow --password canary
        docker run --detach --name service --network host --user portsip --restart unless-stopped --volume $volume portsip/pbx:22 \
            /usr/local/bin/dataflow serve -D $data/dataflow -a 198.18.16.133 -x 198.18.16.158",
    );
    let patience = Duration::from_secs(30);
    wait_until("the first rows", patience, || lab.rows() > Some(1));
    let before = lab.rows();
    lab.reboot();
    wait_until("more rows than before the reboot", patience, || {
        lab.rows() > before
    });
    drop(Lab::empty());
    assert_eq!(lab.rows(), None);
}
