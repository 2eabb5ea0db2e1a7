use insta::assert_snapshot;

use super::*;

#[test]
fn killed_in_the_middle_of_an_upgrade_the_old_container_is_put_back_first() {
    let mut observed = deployed();
    let mut old = observed.containers.remove(SERVICE).unwrap();
    old.name = aside(SERVICE);
    old.state = State::Exited;
    observed.containers.insert(aside(SERVICE), old);
    assert_snapshot!(planned(&observed), @"
    1. put container portsip.dataflow back: an interrupted run had set it aside
    2. wait until ClickHouse answers: the service needs it
    3. start portsip.dataflow: it is stopped
    4. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn killed_before_the_old_container_was_removed_it_is_removed() {
    let mut observed = deployed();
    let mut old = observed.containers[SERVICE].clone();
    old.name = aside(SERVICE);
    observed.containers.insert(aside(SERVICE), old);
    assert_snapshot!(planned(&observed), @"1. remove container portsip.dataflow.previous: it was left behind by an interrupted run");
}

#[test]
fn the_remains_of_an_interrupted_initialisation_are_removed() {
    let mut observed = deployed();
    let mut init = observed.containers[SERVICE].clone();
    init.name = "portsip.dataflow_initdt".to_owned();
    observed.containers.insert(init.name.clone(), init);
    assert_snapshot!(planned(&observed), @"
    1. let portsip.dataflow_initdt end: it was left behind by an interrupted run
    2. remove container portsip.dataflow_initdt: it was left behind by an interrupted run
    ");
}

#[test]
fn the_vendors_script_killed_in_its_initialisation_is_taken_over() {
    let mut observed = deployed();
    let project = "com.docker.compose.project".to_owned();
    let mut init = observed.containers.remove(SERVICE).unwrap();
    init.name = "portsip.dataflow_initdt".to_owned();
    observed.containers.insert(init.name.clone(), init);
    for container in observed.containers.values_mut() {
        container.labels = [(project.clone(), "dataflow-server-only".to_owned())].into();
    }
    observed.password = None;
    assert_snapshot!(planned(&observed), @"
    1. remove container portsip.dataflow_initdt: it was left behind by an interrupted run
    2. stop portsip.clickhouse: it is replaced [undo: start portsip.clickhouse]
    3. set container portsip.clickhouse aside: it is kept until its successor works [undo: put container portsip.clickhouse back]
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: made by the vendor's script [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    7. remove container portsip.clickhouse.previous: its successor works [no way back for portsip.clickhouse]
    8. prepare the database with portsip/pbx:22: the service has no password for it yet
    9. create container portsip.dataflow from portsip/pbx:22: there is no such container [undo: remove container portsip.dataflow]
    10. start portsip.dataflow: it was just made
    11. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn the_vendors_init_container_sleeps_for_ever_and_is_not_waited_for() {
    let mut observed = deployed();
    let mut init = observed.containers[SERVICE].clone();
    init.name = "portsip.dataflow_initdt".to_owned();
    let project = "com.docker.compose.project".to_owned();
    init.labels = [(project, "dataflow-server-only".to_owned())].into();
    observed.containers.insert(init.name.clone(), init);
    assert_snapshot!(planned(&observed), @"1. remove container portsip.dataflow_initdt: it was left behind by an interrupted run");
}
