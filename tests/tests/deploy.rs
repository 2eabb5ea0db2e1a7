//! Deploying: onto a server with nothing, again, and with something changed.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE, stable, wait_until};
use serde_json::{Value, json};

/// What the vendor's layout asks of a container, and nothing that varies from machine to machine.
fn layout(lab: &Lab, name: &str) -> String {
    let all = lab.inspect(name);
    let (config, host) = (&all["Config"], &all["HostConfig"]);
    let mut env: Vec<String> = config["Env"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|pair| match pair.split_once('=') {
            Some(("CLICKHOUSE_PASSWORD", password)) => {
                format!("CLICKHOUSE_PASSWORD=[{} characters]", password.len())
            }
            _ => pair.to_owned(),
        })
        .collect();
    env.sort();
    let mut mounts: Vec<String> = all["Mounts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|mount| {
            format!(
                "{} {} on {} writable={}",
                mount["Type"], mount["Source"], mount["Destination"], mount["RW"]
            )
        })
        .collect();
    mounts.sort();
    let labels: Vec<String> = config["Labels"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !key.starts_with("dataflow.lab"))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let layout = json!({
        "name": all["Name"],
        "image": config["Image"],
        "user": config["User"],
        "entrypoint": config["Entrypoint"],
        "command": config["Cmd"],
        "environment": env,
        "health check": config["Healthcheck"],
        "labels": labels,
        "time to stop": config["StopTimeout"],
        "network": host["NetworkMode"],
        "restart": host["RestartPolicy"]["Name"],
        "capabilities": host["CapAdd"],
        "limits": host["Ulimits"],
        "privileged": host["Privileged"],
        "mounts": mounts,
    });
    serde_json::to_string_pretty(&layout).expect("JSON")
}

#[test]
fn given_a_server_with_nothing_when_run_then_both_containers_work_as_the_vendor_lays_them_out_and_nothing_else_changed()
 {
    let lab = Lab::empty_without_images();
    let before = lab.footprint();

    let ended = lab.dataflow(["run"]).run().expect_success();

    insta::assert_snapshot!("run_on_an_empty_server", ended.snapshot());
    insta::assert_snapshot!("container_of_clickhouse", layout(&lab, CLICKHOUSE));
    insta::assert_snapshot!("container_of_the_service", layout(&lab, SERVICE));
    let changes = before.changes(&lab.footprint());
    insta::assert_snapshot!("what_a_deploy_changes", stable(&changes.join("\n")));
    lab.wait_for_more_rows();

    let status = lab.dataflow(["status"]).run().expect_success();
    // The first health check of ClickHouse is due ten seconds after the start.
    let text = status.snapshot().replace(
        "portsip.clickhouse  running, healthy ",
        "portsip.clickhouse  running, starting",
    );
    insta::assert_snapshot!("status_of_a_fresh_deploy", text);
    let status = lab.dataflow(["--output", "json", "status"]).run();
    let mut shape = status.expect_success().json();
    shape["result"]["containers"][0]["health"] = "[health]".into();
    insta::assert_snapshot!(
        "status_as_json",
        stable(&serde_json::to_string_pretty(&shape).expect("JSON"))
    );
}

#[test]
fn given_a_deployed_server_when_run_again_then_one_connection_changes_nothing_and_moves_no_image() {
    let lab = Lab::deployed();
    let (footprint, log_end) = (lab.footprint(), lab.ssh_log_end());
    let began = lab.exec("date +%s.%N");

    let ended = lab.dataflow(["run"]).run().expect_success();

    insta::assert_snapshot!("run_again", ended.snapshot());
    assert_eq!(lab.connections_since(&log_end), 1, "SSH connections");
    footprint.assert_unchanged(&lab);
    let events = lab.exec(&format!(
        "docker events --since {} --until $(date +%s.%N) --format '{{{{.Type}}}} {{{{.Action}}}}'",
        began.trim()
    ));
    let meddling: Vec<&str> = events
        .lines()
        .filter(|event| !event.starts_with("container exec_"))
        .filter(|event| !event.starts_with("container health_status"))
        .collect();
    assert_eq!(meddling, Vec::<&str>::new());

    let again = lab.dataflow(["--output", "json", "run"]).run();
    let again = again.expect_success();
    let last = again.stdout.lines().last().expect("a last line");
    let report: Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(report["result"]["changed"], false);
    assert_eq!(report["result"]["steps"], json!([]));
}

#[test]
fn given_a_deployed_server_when_run_for_another_pbx_then_only_the_service_is_made_anew() {
    let lab = Lab::deployed();
    let (clickhouse, service) = (lab.inspect(CLICKHOUSE), lab.inspect(SERVICE));
    let rows = lab.rows();

    let ended = lab.dataflow(["run", "-x", "198.18.16.134"]).run();

    let ended = ended.expect_success();
    insta::assert_snapshot!("run_for_another_pbx", ended.snapshot());
    let same = |key: &str| lab.inspect(CLICKHOUSE)[key] == clickhouse[key];
    assert!(
        same("Id")
            && lab.inspect(CLICKHOUSE)["State"]["StartedAt"] == clickhouse["State"]["StartedAt"]
    );
    assert_ne!(lab.inspect(SERVICE)["Id"], service["Id"]);
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    assert!(lab.rows() >= rows, "rows are kept");
    lab.wait_for_more_rows();
}

#[test]
fn given_a_public_ip_only_when_run_then_the_service_gets_it_and_another_data_path_is_used() {
    let lab = Lab::empty();
    let address = format!("ssh://ubuntu@{}", lab.server.address);
    let settings = std::fs::read_to_string(&lab.settings).expect("the lab's settings");
    let without_private_ip: String = settings
        .lines()
        .filter(|line| !line.starts_with("private-ip") && !line.starts_with("data-path"))
        .map(|line| format!("{line}\n"))
        .collect();
    let file = lab.settings.with_file_name("dataflow-public.toml");
    std::fs::write(&file, without_private_ip).expect("settings of this test");
    let arguments = ["-A", "203.0.113.7", "-p", "/opt/portsip"];

    let ended = dataflow_tests::Program::new(
        [
            "--config".as_ref(),
            file.as_os_str(),
            "--host".as_ref(),
            address.as_ref(),
            "run".as_ref(),
        ]
        .into_iter()
        .chain(arguments.iter().map(AsRef::as_ref)),
    )
    .run();

    let _ = ended.expect_success();
    assert_eq!(
        lab.inspect(SERVICE)["Config"]["Cmd"],
        json!([
            "/usr/local/bin/dataflow",
            "serve",
            "-D",
            "/var/lib/portsip/dataflow",
            "-a",
            lab.pbx,
            "-z",
            "203.0.113.7"
        ])
    );
    wait_until("rows below the other path", Duration::from_secs(30), || {
        lab.rows_below("/opt/portsip") > Some(0)
    });
    assert!(!lab.holds("test -e /var/lib/portsip"));
}
