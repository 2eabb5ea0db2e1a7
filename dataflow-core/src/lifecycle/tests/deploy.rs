use insta::assert_snapshot;

use super::*;

#[test]
fn on_an_empty_server_everything_is_made() {
    assert_snapshot!(planned(&empty()), @"
    1. set up 5 directories in /var/lib/portsip: not there
    2. create container portsip.clickhouse from portsip/clickhouse:25.8: there is no such container [undo: remove container portsip.clickhouse]
    3. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    4. wait until ClickHouse answers: the service needs it
    5. prepare the database with portsip/pbx:22: the service has no password for it yet
    6. create container portsip.dataflow from portsip/pbx:22: there is no such container [undo: remove container portsip.dataflow]
    7. start portsip.dataflow: it was just made
    8. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn where_all_is_as_wanted_nothing_is_done() {
    assert_snapshot!(planned(&deployed()), @"nothing to do");
}

#[test]
fn after_rm_the_data_is_used_again() {
    let mut observed = deployed();
    observed.containers.clear();
    assert_snapshot!(planned(&observed), @"
    1. create container portsip.clickhouse from portsip/clickhouse:25.8: there is no such container [undo: remove container portsip.clickhouse]
    2. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    3. wait until ClickHouse answers: the service needs it
    4. prepare the database with portsip/pbx:22: the service was not there
    5. create container portsip.dataflow from portsip/pbx:22: there is no such container [undo: remove container portsip.dataflow]
    6. start portsip.dataflow: it was just made
    7. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn a_lost_password_file_has_the_database_prepared_anew() {
    let mut observed = deployed();
    observed.password = None;
    assert_snapshot!(planned(&observed), @"
    1. wait until ClickHouse answers: the service needs it
    2. stop portsip.dataflow: the database is prepared anew [undo: start portsip.dataflow]
    3. prepare the database with portsip/pbx:22: the service has no password for it yet
    4. start portsip.dataflow: it was stopped for this
    5. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn what_stands_in_the_way_is_refused() {
    let case = |change: fn(&mut Observed)| {
        let mut observed = deployed();
        change(&mut observed);
        planned(&observed)
    };
    assert_snapshot!(case(|observed| container(observed, SERVICE).labels.clear()), @"refused: there is a container portsip.dataflow (from portsip/pbx:22) that neither this program nor the vendor's script made");
    assert_snapshot!(case(|observed| {
        observed.containers.clear();
        observed.listeners.insert(8123, "nginx (process 7)".to_owned());
    }), @"refused: port 8123 is in use by nginx (process 7); ClickHouse needs it");
    assert_snapshot!(case(|observed| {
        observed.directories.get_mut("/var/lib/portsip").unwrap().is_directory = false;
    }), @"refused: /var/lib/portsip is there, but it is not a directory");
    assert_snapshot!(case(|observed| {
        container(observed, DATABASE).mounts[1].source = "/data/clickhouse/data".to_owned();
    }), @"refused: portsip.clickhouse has its data in /data/clickhouse/data; it was asked to use /var/lib/portsip/clickhouse/data, where it would begin anew");
    assert_snapshot!(case(|observed| {
        observed.images.insert(IMAGE.to_owned(), image("sha256:b", "22.2.9"));
    }), @"refused: the image portsip/pbx:22 has version 22.2.9, which is older than 22.3.0");
    assert_snapshot!(case(|observed| {
        observed.images.insert(IMAGE.to_owned(), Image::default());
    }), @r#"refused: the image portsip/pbx:22 has no label "version", so it is not known to be 22.3.0 or newer"#);
    assert_snapshot!(case(|observed| {
        let vendor = container(observed, SERVICE);
        let project = "com.docker.compose.project".to_owned();
        vendor.labels = [(project, "dataflow-server-only".to_owned())].into();
        observed.password = None;
    }), @"refused: the vendor's script has installed Data Flow here, but there is no /var/lib/portsip/dataflow/system.ini");
}

#[test]
fn our_own_clickhouse_may_listen_on_its_ports() {
    let mut observed = deployed();
    observed.listeners.insert(8123, "clickhouse".to_owned());
    assert_eq!(planned(&observed), "nothing to do");
}

#[test]
fn data_that_is_gone_from_under_a_deployment_is_not_begun_anew() {
    let mut observed = deployed();
    let data = std::mem::take(&mut observed.directories);
    assert_snapshot!(planned(&observed), @"refused: portsip.clickhouse is deployed with its data in /var/lib/portsip/clickhouse/data, which is not there any more");
    // The logs alone may have been cleared on purpose.
    observed.directories = data;
    observed
        .directories
        .retain(|path, _| !path.ends_with("/log"));
    assert_snapshot!(planned(&observed), @"
    1. set up directory /var/lib/portsip/clickhouse/log: not there
    2. wait until ClickHouse answers: the service needs it
    3. stop portsip.dataflow: the database is prepared anew [undo: start portsip.dataflow]
    4. prepare the database with portsip/pbx:22: its data is not there
    5. start portsip.dataflow: it was stopped for this
    6. see portsip.dataflow keep running: a start alone proves nothing
    ");
}
