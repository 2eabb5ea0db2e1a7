//! An installation that the vendor's script made is taken over, with its data.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

use std::time::Duration;

use dataflow_tests::{CLICKHOUSE, Lab, SERVICE, wait_until};

/// Makes the two containers as Compose leaves them after the vendor's script: same layout, but data by way of named volumes, no time
/// to stop, its own labels. The password comes from the service's file, as the script has it.
const COMPOSE: &str = r#"set -e
data=/var/lib/portsip project=dataflow-server-only
password=$(sed -n 's/^password *= *//p' $data/dataflow/system.ini)
volume() {
    docker volume create --driver local --opt type=none --opt o=bind --opt device="$2" \
        --label com.docker.compose.project=$project --label com.docker.compose.volume="$1" "${project}_$1" >/dev/null
}
volume df-data $data/dataflow
volume df-db-data $data/clickhouse/data
volume df-db-log $data/clickhouse/log
labels() {
    for label in project=$project service="$1" container-number=1 oneoff=False config-hash=c0ffee version=2.26.1 \
        project.working_dir=/root/$project project.config_files=/root/$project/docker-compose.yml; do
        echo "--label=com.docker.compose.$label"
    done
}
docker create --name portsip.clickhouse $(labels database) --network host --user root --restart unless-stopped \
    --cap-add NET_ADMIN --cap-add SYS_NICE --cap-add IPC_LOCK --ulimit nofile=$NOFILE:$NOFILE \
    --env CLICKHOUSE_DB=default --env CLICKHOUSE_USER=default --env CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT=1 \
    --env CLICKHOUSE_PASSWORD="$password" \
    --health-cmd 'wget --spider -q http://localhost:8123/ping' --health-interval 10s --health-timeout 3s --health-retries 3 \
    --health-start-period 30s --volume /etc/localtime:/etc/localtime:rw \
    --volume ${project}_df-db-data:/var/lib/clickhouse:rw --volume ${project}_df-db-log:/var/log/clickhouse-server:rw \
    portsip/clickhouse:25.8
docker create --name portsip.dataflow $(labels dataflow) --network host --user portsip --restart unless-stopped \
    --volume ${project}_df-data:/var/lib/portsip/dataflow:rw --volume /etc/localtime:/etc/localtime:rw \
    portsip/pbx:22 /usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a "$PBX" -x "$ADDRESS"
docker start portsip.clickhouse
until curl --silent --fail http://127.0.0.1:8123/ping; do sleep 0.1; done
docker start portsip.dataflow
"#;

/// A server as the vendor's script leaves it, at work.
fn made_by_the_vendor() -> Lab {
    let lab = Lab::deployed();
    let _ = lab.dataflow(["rm"]).run().expect_success();
    lab.exec(&format!(
        "NOFILE={} PBX={} ADDRESS={}\n{COMPOSE}",
        lab.nofile, lab.pbx, lab.server.address
    ));
    lab.wait_for_more_rows();
    lab
}

#[test]
fn given_an_installation_of_the_vendor_when_run_then_it_is_taken_over_with_its_rows_and_password() {
    let lab = made_by_the_vendor();
    let ini = lab.exec("cat /var/lib/portsip/dataflow/system.ini");
    let status = lab.dataflow(["--output", "json", "status"]).run();
    let status = status.expect_success().json();
    let made_by = |index: usize| status["result"]["containers"][index]["made_by"].clone();
    assert_eq!(
        [made_by(0), made_by(1)],
        ["dataflow_ctl.sh", "dataflow_ctl.sh"]
    );
    let rows = lab.rows();

    let ended = lab.dataflow(["run"]).run().expect_success();

    insta::assert_snapshot!("take_over", ended.snapshot());
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    for name in [CLICKHOUSE, SERVICE] {
        let container = lab.inspect(name);
        assert_eq!(container["Config"]["Labels"]["dataflow.managed"], "1");
        assert_eq!(container["Config"]["StopTimeout"], 300);
        let mounts = container["Mounts"].as_array().expect("mounts");
        assert!(
            mounts.iter().all(|mount| mount["Type"] == "bind"),
            "{mounts:?}"
        );
    }
    assert_eq!(lab.exec("cat /var/lib/portsip/dataflow/system.ini"), ini);
    wait_until("more rows than before", Duration::from_secs(30), || {
        lab.rows() > rows
    });
    let again = lab.dataflow(["run"]).run().expect_success();
    assert!(again.stdout.contains("nothing was changed"), "{again:?}");
}

#[test]
fn given_an_installation_of_the_vendor_when_upgraded_to_a_broken_image_then_the_vendors_containers_run_again()
 {
    let lab = made_by_the_vendor();
    let ids = || [CLICKHOUSE, SERVICE].map(|name| lab.inspect(name)["Id"].clone());
    let service = ids()[1].clone();
    let rows = lab.rows();

    let ended = lab.dataflow(["upgrade", "-i", "portsip/pbx:crashes"]).run();

    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ids()[1], service, "{ended:?}");
    assert_eq!(lab.container_names(), [CLICKHOUSE, SERVICE]);
    wait_until("more rows than before", Duration::from_secs(30), || {
        lab.rows() > rows
    });
}

#[test]
fn given_an_installation_of_the_vendor_when_stopped_started_and_removed_then_each_is_done_and_the_data_stays()
 {
    let lab = made_by_the_vendor();
    for verb in ["stop", "start"] {
        let _ = lab.dataflow([verb]).run().expect_success();
    }
    lab.wait_for_more_rows();
    let removed = lab.dataflow(["rm"]).run().expect_success();
    insta::assert_snapshot!("rm_of_the_vendors", removed.snapshot());
    assert!(lab.holds("test -s /var/lib/portsip/dataflow/system.ini"));
    let _ = lab.dataflow(["run"]).run().expect_success();
    lab.wait_for_more_rows();
}
