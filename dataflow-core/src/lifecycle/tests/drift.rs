use insta::assert_snapshot;

use super::*;

#[test]
fn a_stopped_service_is_started() {
    let mut observed = deployed();
    container(&mut observed, SERVICE).state = State::Exited;
    assert_snapshot!(planned(&observed), @"
    1. wait until ClickHouse answers: the service needs it
    2. start portsip.dataflow: it is stopped
    3. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn a_stopped_clickhouse_is_started() {
    let mut observed = deployed();
    container(&mut observed, DATABASE).state = State::Exited;
    assert_snapshot!(planned(&observed), @"
    1. start portsip.clickhouse: it is stopped
    2. wait until ClickHouse answers: the service needs it
    ");
}

#[test]
fn a_directory_with_another_owner_gets_its_own_back() {
    let mut observed = deployed();
    let path = "/var/lib/portsip/dataflow";
    let directory = observed.directories.get_mut(path).unwrap();
    directory.owner = Owner { uid: 0, gid: 0 };
    assert_snapshot!(planned(&observed), @"1. set up directory /var/lib/portsip/dataflow: owner of /var/lib/portsip/dataflow: 0:0, wanted: 888:888");
}

#[test]
fn what_ends_again_and_again_is_stopped_before_it_is_started() {
    let mut observed = deployed();
    container(&mut observed, DATABASE).state = State::Restarting;
    container(&mut observed, SERVICE).state = State::Restarting;
    assert_snapshot!(planned(&observed), @"
    1. stop portsip.clickhouse: it is restarting
    2. start portsip.clickhouse: it is restarting
    3. wait until ClickHouse answers: the service needs it
    4. stop portsip.dataflow: it is restarting
    5. start portsip.dataflow: it is restarting
    6. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn what_the_engine_can_change_on_a_running_container_is_corrected_in_place() {
    let cases: [fn(&mut Container); 4] = [
        |c| c.restart_policy = "no".to_owned(),
        |c| drop(c.extras.insert(Extra::ProcessLimit, "100".to_owned())),
        |c| drop(c.extras.insert(Extra::CpuQuota, "50 of 100 us".to_owned())),
        |c| {
            c.restart_policy = "on-failure:3".to_owned();
            c.extras.insert(Extra::ProcessLimit, "7".to_owned());
        },
    ];
    let mut told = String::new();
    for name in [DATABASE, SERVICE] {
        for change in cases {
            let mut observed = deployed();
            change(container(&mut observed, name));
            told += &planned(&observed);
            told.push('\n');
        }
    }
    assert_snapshot!(told, @"
    1. correct container portsip.clickhouse in place: restart policy: no, wanted: unless-stopped
    1. correct container portsip.clickhouse in place: limit of processes: 100, wanted: none
    1. correct container portsip.clickhouse in place: CPU quota: 50 of 100 us, wanted: none
    1. correct container portsip.clickhouse in place: restart policy: on-failure:3, wanted: unless-stopped; limit of processes: 7, wanted: none
    1. correct container portsip.dataflow in place: restart policy: no, wanted: unless-stopped
    1. correct container portsip.dataflow in place: limit of processes: 100, wanted: none
    1. correct container portsip.dataflow in place: CPU quota: 50 of 100 us, wanted: none
    1. correct container portsip.dataflow in place: restart policy: on-failure:3, wanted: unless-stopped; limit of processes: 7, wanted: none
    ");
}

#[test]
fn a_stopped_service_without_its_restart_policy_gets_it_before_it_is_started() {
    let mut observed = deployed();
    let service = container(&mut observed, SERVICE);
    service.state = State::Exited;
    service.restart_policy = "no".to_owned();
    assert_snapshot!(planned(&observed), @"
    1. correct container portsip.dataflow in place: restart policy: no, wanted: unless-stopped
    2. wait until ClickHouse answers: the service needs it
    3. start portsip.dataflow: it is stopped
    4. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn what_can_not_be_changed_in_place_has_the_service_made_anew_with_all_causes_named() {
    let mut observed = deployed();
    let service = container(&mut observed, SERVICE);
    service.restart_policy = "no".to_owned();
    service
        .extras
        .insert(Extra::CpuLimit, "0.5 CPUs".to_owned());
    assert_snapshot!(planned(&observed), @"
    1. wait until ClickHouse answers: the service needs it
    2. stop portsip.dataflow: it is replaced [undo: start portsip.dataflow]
    3. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    4. create container portsip.dataflow from portsip/pbx:22: restart policy: no, wanted: unless-stopped; CPU limit: 0.5 CPUs, wanted: none [undo: remove container portsip.dataflow]
    5. start portsip.dataflow: it was just made
    6. see portsip.dataflow keep running: a start alone proves nothing
    7. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");
}

#[test]
fn a_clickhouse_that_is_not_as_wanted_is_made_anew_and_the_service_only_stopped_meanwhile() {
    let mut observed = deployed();
    let clickhouse = container(&mut observed, DATABASE);
    clickhouse
        .extras
        .insert(Extra::Privileged, "yes".to_owned());
    assert_snapshot!(planned(&observed), @"
    1. stop portsip.dataflow: ClickHouse is replaced [undo: start portsip.dataflow]
    2. stop portsip.clickhouse: it is replaced [undo: start portsip.clickhouse]
    3. set container portsip.clickhouse aside: it is kept until its successor works [undo: put container portsip.clickhouse back]
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: privileged: yes, wanted: none [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    7. remove container portsip.clickhouse.previous: its successor works [no way back for portsip.clickhouse]
    8. start portsip.dataflow: it was stopped for this
    9. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn a_container_that_the_engine_removes_when_it_stops_has_no_way_back() {
    let mut told = Vec::new();
    for name in [DATABASE, SERVICE] {
        let mut observed = deployed();
        let found = container(&mut observed, name);
        found.extras.insert(Extra::AutoRemove, "yes".to_owned());
        told.push(planned(&observed));
    }
    assert_snapshot!(told.join("\n\n"), @"
    1. stop portsip.dataflow: ClickHouse is replaced [undo: start portsip.dataflow]
    2. stop portsip.clickhouse: it is replaced [no way back for portsip.clickhouse]
    3. remove container portsip.clickhouse: it was made to be removed when it stops [no way back for portsip.clickhouse]
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: removal when it stops: yes, wanted: none [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    7. start portsip.dataflow: it was stopped for this
    8. see portsip.dataflow keep running: a start alone proves nothing

    1. wait until ClickHouse answers: the service needs it
    2. stop portsip.dataflow: it is replaced [no way back for portsip.dataflow]
    3. remove container portsip.dataflow: it was made to be removed when it stops [no way back for portsip.dataflow]
    4. create container portsip.dataflow from portsip/pbx:22: removal when it stops: yes, wanted: none [undo: remove container portsip.dataflow]
    5. start portsip.dataflow: it was just made
    6. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn a_paused_container_goes_on() {
    let mut told = Vec::new();
    for name in [DATABASE, SERVICE] {
        let mut observed = deployed();
        container(&mut observed, name).state = State::Paused;
        told.push(planned(&observed));
    }
    assert_snapshot!(told.join("\n\n"), @"
    1. start portsip.clickhouse: it is paused
    2. wait until ClickHouse answers: the service needs it

    1. wait until ClickHouse answers: the service needs it
    2. start portsip.dataflow: it is paused
    3. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn a_removed_container_is_made_again_and_the_other_one_left_alone() {
    let mut told = Vec::new();
    for name in [DATABASE, SERVICE] {
        let mut observed = deployed();
        observed.containers.remove(name);
        told.push(planned(&observed));
    }
    assert_snapshot!(told.join("\n\n"), @"
    1. create container portsip.clickhouse from portsip/clickhouse:25.8: there is no such container [undo: remove container portsip.clickhouse]
    2. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    3. wait until ClickHouse answers: the service needs it

    1. wait until ClickHouse answers: the service needs it
    2. prepare the database with portsip/pbx:22: the service was not there
    3. create container portsip.dataflow from portsip/pbx:22: there is no such container [undo: remove container portsip.dataflow]
    4. start portsip.dataflow: it was just made
    5. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

fn directory<'a>(observed: &'a mut Observed, path: &str) -> &'a mut observed::Directory {
    observed.directories.get_mut(path).unwrap()
}

#[test]
fn the_mode_of_the_services_directory_is_kept_as_the_release_has_it() {
    let mut told = Vec::new();
    for mode in [0o755, 0o700, 0o777, 0o2755] {
        let mut observed = deployed();
        directory(&mut observed, "/var/lib/portsip/dataflow").mode = mode;
        told.push(format!("{mode:o} {}", planned(&observed)));
    }
    assert_snapshot!(told.join("\n"), @"
    755 nothing to do
    700 1. set up directory /var/lib/portsip/dataflow: mode of /var/lib/portsip/dataflow: 700, wanted: 755
    777 1. set up directory /var/lib/portsip/dataflow: mode of /var/lib/portsip/dataflow: 777, wanted: 755
    2755 1. set up directory /var/lib/portsip/dataflow: mode of /var/lib/portsip/dataflow: 2755, wanted: 755
    ");
}

#[test]
fn where_the_image_sees_to_a_directory_only_a_mode_that_nobody_means_is_mended() {
    let mut told = Vec::new();
    for mode in [
        0o755, 0o750, 0o700, 0o2755, 0o775, 0o757, 0o1777, 0o555, 0o000,
    ] {
        let mut observed = deployed();
        directory(&mut observed, "/var/lib/portsip/clickhouse/data").mode = mode;
        told.push(format!("{mode:o} {}", planned(&observed)));
    }
    assert_snapshot!(told.join("\n"), @"
    755 nothing to do
    750 nothing to do
    700 nothing to do
    2755 nothing to do
    775 1. set up directory /var/lib/portsip/clickhouse/data: mode of /var/lib/portsip/clickhouse/data: 775, wanted: 755
    757 1. set up directory /var/lib/portsip/clickhouse/data: mode of /var/lib/portsip/clickhouse/data: 757, wanted: 755
    1777 1. set up directory /var/lib/portsip/clickhouse/data: mode of /var/lib/portsip/clickhouse/data: 1777, wanted: 755
    555 1. set up directory /var/lib/portsip/clickhouse/data: mode of /var/lib/portsip/clickhouse/data: 555, wanted: 755
    0 1. set up directory /var/lib/portsip/clickhouse/data: mode of /var/lib/portsip/clickhouse/data: 0, wanted: 755
    ");
}

#[test]
fn the_owner_of_clickhouses_directories_is_kept_as_it_was_when_the_deployment_worked() {
    let data = "/var/lib/portsip/clickhouse/data";
    let owner = Owner { uid: 101, gid: 101 };
    let mut observed = deployed();
    assert_snapshot!(planned(&observed), @"nothing to do");
    let knowing = desired().with_owners([(data.to_owned(), owner)].into());
    let told = |observed: &Observed| plan(&knowing, observed, Pull::Missing.into()).unwrap();
    let wrong = told(&observed);
    assert_snapshot!(wrong, @"1. set up directory /var/lib/portsip/clickhouse/data: owner of /var/lib/portsip/clickhouse/data: 0:0, wanted: 101:101");
    let directory_of_image = crate::spec::Directory {
        path: data.to_owned(),
        mode: 0o755,
        owner: Some(owner),
    };
    assert_eq!(
        wrong.steps[0].action,
        Action::Directories(vec![directory_of_image])
    );
    directory(&mut observed, data).owner = owner;
    assert!(told(&observed).is_empty());
}
