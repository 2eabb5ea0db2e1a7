//! What was deployed outlives its processes, the server's reboot, and its own containers.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE, wait_until};

const BACK: Duration = Duration::from_secs(60);

/// Waits until there are more rows than before.
fn rows_grow_beyond(lab: &Lab, before: Option<u64>) {
    assert!(before > Some(0), "there were rows to keep");
    wait_until("rows to be kept and to grow", BACK, || lab.rows() > before);
}

#[test]
fn given_a_deployed_server_when_the_process_of_a_container_is_killed_then_it_comes_back_by_itself()
{
    let lab = Lab::deployed();
    for name in [SERVICE, CLICKHOUSE] {
        let rows = lab.rows();
        lab.exec(&format!(
            "kill -9 $(docker inspect --format '{{{{.State.Pid}}}}' {name})"
        ));
        wait_until("the engine to restart it", BACK, || {
            let now = lab.inspect(name);
            now["RestartCount"] == 1 && now["State"]["Running"] == true
        });
        rows_grow_beyond(&lab, rows);
    }
    let _ = lab.dataflow(["status"]).run().expect_success();
}

#[test]
fn given_a_deployed_server_when_its_containers_are_restarted_by_hand_then_rows_go_on() {
    let lab = Lab::deployed();
    for name in [SERVICE, CLICKHOUSE] {
        let rows = lab.rows();
        lab.exec(&format!("docker restart {name}"));
        rows_grow_beyond(&lab, rows);
    }
    let _ = lab.dataflow(["status"]).run().expect_success();
}

#[test]
fn given_a_deployed_server_when_it_reboots_then_the_service_is_back_with_its_rows_and_nothing_has_to_be_done()
 {
    let lab = Lab::deployed();
    let rows = lab.rows();

    lab.reboot();

    rows_grow_beyond(&lab, rows);
    let ended = lab.dataflow(["run"]).run().expect_success();
    assert!(ended.stdout.contains("nothing was changed"), "{ended:?}");
}

#[test]
fn given_a_removed_deployment_when_run_then_its_rows_are_there_again() {
    let lab = Lab::deployed();
    let rows = lab.rows();
    let password = lab.exec("cat /var/lib/portsip/dataflow/system.ini");

    let removed = lab.dataflow(["rm"]).run().expect_success();

    insta::assert_snapshot!("rm", removed.snapshot());
    assert_eq!(lab.container_names(), Vec::<String>::new());
    let log_end = lab.ssh_log_end();
    let again = lab.dataflow(["rm"]).run().expect_success();
    insta::assert_snapshot!("rm_again", again.snapshot());
    assert_eq!(lab.connections_since(&log_end), 1);
    let status = lab.dataflow(["status"]).run();
    insta::assert_snapshot!("status_after_rm", status.snapshot());

    let _ = lab.dataflow(["run"]).run().expect_success();
    rows_grow_beyond(&lab, rows);
    let password_now = lab.exec("cat /var/lib/portsip/dataflow/system.ini");
    assert_eq!(
        password_now, password,
        "the password is the one of the data"
    );
}
