use insta::assert_snapshot;

use super::*;

/// What each step costs and what undoes it, one step a line.
fn costs(plan: &Plan) -> String {
    let summary = plan.summary();
    let line = |step: &StepSummary| {
        format!(
            "{}\n    risk: {}\n    undo: {}\n    settles: {}",
            step.what,
            step.risk.unwrap_or("none"),
            step.undo.as_deref().unwrap_or("none"),
            step.settles.as_deref().unwrap_or("none"),
        )
    };
    let lines = summary.steps.iter().chain(&summary.forecast).map(line);
    let outage = summary.outage.as_deref().unwrap_or("none");
    format!("outage: {outage}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn every_step_of_an_upgrade_of_both_tells_its_cost_and_its_way_back() {
    let mut observed = deployed();
    observed.images.clear();
    let plan = plan(&desired(), &observed, Pull::Missing.into()).unwrap();
    assert_snapshot!(costs(&plan), @r#"
    outage: no analytics from "stop portsip.dataflow" until "see portsip.dataflow keep running"; how long that takes is not known; calls are not affected
    fetch image portsip/clickhouse:25.8
        risk: none
        undo: none
        settles: none
    fetch image portsip/pbx:22
        risk: none
        undo: none
        settles: none
    stop portsip.dataflow
        risk: no analytics until it is started again; calls are not affected
        undo: start portsip.dataflow
        settles: none
    stop portsip.clickhouse
        risk: no analytics until it is started again; calls are not affected
        undo: start portsip.clickhouse
        settles: none
    set container portsip.clickhouse aside
        risk: none
        undo: put container portsip.clickhouse back
        settles: none
    create container portsip.clickhouse from portsip/clickhouse:25.8
        risk: none
        undo: remove container portsip.clickhouse
        settles: none
    start portsip.clickhouse
        risk: none
        undo: stop portsip.clickhouse
        settles: none
    wait until ClickHouse answers
        risk: the new ClickHouse may change the data, so that the one before it can't read it any more
        undo: none
        settles: portsip.clickhouse
    remove container portsip.clickhouse.previous
        risk: it is gone for good; the data stays
        undo: none
        settles: portsip.clickhouse
    prepare the database with portsip/pbx:22
        risk: the database may be changed to the service's version; nothing undoes that
        undo: none
        settles: none
    set container portsip.dataflow aside
        risk: none
        undo: put container portsip.dataflow back
        settles: none
    create container portsip.dataflow from portsip/pbx:22
        risk: none
        undo: remove container portsip.dataflow
        settles: none
    start portsip.dataflow
        risk: none
        undo: none
        settles: none
    see portsip.dataflow keep running
        risk: none
        undo: none
        settles: none
    remove container portsip.dataflow.previous
        risk: it is gone for good; the data stays
        undo: none
        settles: portsip.dataflow
    "#);
}

#[test]
fn what_stops_nothing_tells_no_outage() {
    let plan = plan(&desired(), &empty(), Pull::Missing.into()).unwrap();
    assert_eq!(plan.summary().outage, None);
}

#[test]
fn the_changes_of_a_replaced_container_are_told_setting_by_setting_without_a_secret() {
    let mut observed = deployed();
    let clickhouse = container(&mut observed, DATABASE);
    clickhouse.image_id = "sha256:9999999999999999".to_owned();
    clickhouse.command.push("--debug\u{1b}[2J".to_owned());
    clickhouse.mounts.pop();
    clickhouse.cap_add.pop();
    clickhouse.ulimits.insert("nofile".to_owned(), ulimit(1024));
    clickhouse.restart_policy = "no".to_owned();
    clickhouse.network = "bridge".to_owned();
    clickhouse.healthcheck = None;
    clickhouse.stop_timeout = None;
    let env = &mut clickhouse.env;
    env.insert("CLICKHOUSE_PASSWORD".to_owned(), "canary".into());
    env.insert("CLICKHOUSE_DB".to_owned(), "canary".into());
    env.insert("EXTRA".to_owned(), "canary".into());
    let plan = plan(&desired(), &observed, Pull::Missing.into()).unwrap();
    let steps = plan.summary().steps;
    let create = steps.iter().find(|step| step.what.starts_with("create "));
    let changes = create.unwrap().changes.iter().map(Change::to_string);
    let told = changes.collect::<Vec<_>>().join("\n");
    assert!(!told.contains("canary"), "{told}");
    assert_snapshot!(told, @r#"
    image: portsip/clickhouse:25.8 25.8.1 (999999999999), wanted: portsip/clickhouse:25.8 25.8.1 (cccccccccccc)
    command: server --debug\u{1b}[2J, wanted: server
    mount on /var/log/clickhouse-server: none, wanted: /var/lib/portsip/clickhouse/log
    added capabilities: IPC_LOCK NET_ADMIN, wanted: IPC_LOCK NET_ADMIN SYS_NICE
    limit of open files: 1024, wanted: 655360
    restart policy: no, wanted: unless-stopped
    network: bridge, wanted: host
    health check: none, wanted: "wget --spider -q http://localhost:8123/ping" every 10s, timeout 3s, 3 retries, 90s to start
    time to stop: none, wanted: 300 s
    variable CLICKHOUSE_DB: another value, wanted: the release's value
    variable CLICKHOUSE_PASSWORD: another value, wanted: (secret)
    variable EXTRA: set, wanted: none
    "#);
}

#[test]
fn a_container_made_new_has_no_changes() {
    let plan = plan(&desired(), &empty(), Pull::Missing.into()).unwrap();
    assert!(plan.steps.iter().all(|step| step.changes.is_empty()));
}

#[test]
fn what_is_removed_is_gone_and_says_so() {
    let plan = crate::lifecycle::manage::remove(&Release::portsip(), &deployed().containers);
    assert_snapshot!(costs(&plan.unwrap()), @r#"
    outage: no analytics from "stop portsip.dataflow" until it is started or deployed again; calls are not affected
    stop portsip.dataflow
        risk: no analytics until it is started again; calls are not affected
        undo: none
        settles: none
    stop portsip.clickhouse
        risk: no analytics until it is started again; calls are not affected
        undo: none
        settles: none
    remove container portsip.dataflow
        risk: it is gone for good; the data stays
        undo: none
        settles: portsip.dataflow
    remove container portsip.clickhouse
        risk: it is gone for good; the data stays
        undo: none
        settles: portsip.clickhouse
    "#);
}
