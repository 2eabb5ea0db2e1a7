use insta::assert_snapshot;

use super::*;

#[test]
fn the_vendors_containers_are_taken_over() {
    let mut observed = deployed();
    for container in observed.containers.values_mut() {
        let project = "com.docker.compose.project".to_owned();
        container.labels = [(project, "dataflow-server-only".to_owned())].into();
        container.stop_timeout = None;
    }
    assert_snapshot!(planned(&observed), @"
    1. stop portsip.dataflow: it is replaced [undo: start portsip.dataflow]
    2. stop portsip.clickhouse: it is replaced [undo: start portsip.clickhouse]
    3. set container portsip.clickhouse aside: it is kept until its successor works [undo: put container portsip.clickhouse back]
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: made by the vendor's script; time to stop: none, wanted: 300 s [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    7. remove container portsip.clickhouse.previous: its successor works [no way back for portsip.clickhouse]
    8. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    9. create container portsip.dataflow from portsip/pbx:22: made by the vendor's script; time to stop: none, wanted: 300 s [undo: remove container portsip.dataflow]
    10. start portsip.dataflow: it was just made
    11. see portsip.dataflow keep running: a start alone proves nothing
    12. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");
}

/// A deployment of which somebody else has made one container by hand.
fn by_hand(name: &str) -> Observed {
    let mut observed = deployed();
    let found = container(&mut observed, name);
    found.labels.clear();
    found.command = vec!["server".to_owned(), "--by-hand".to_owned()];
    observed
}

fn adopted(observed: &Observed) -> String {
    let desired = Desired::new(
        &spec().with_adopt(true),
        &Release::portsip(),
        Some(&"secret".into()),
    );
    match plan(&desired, observed, Pull::Missing.into()) {
        Ok(plan) => plan.to_string(),
        Err(error) => format!(
            "refused: {error}\nnext: {}",
            crate::Explain::next_step(&error)
        ),
    }
}

#[test]
fn somebody_elses_container_is_reported_and_left_alone() {
    let mut told = String::new();
    for name in [
        DATABASE,
        SERVICE,
        "portsip.dataflow_initdt",
        "portsip.dataflow.previous",
    ] {
        let mut observed = by_hand(SERVICE);
        let mut found = observed.containers.remove(SERVICE).unwrap();
        found.name = name.to_owned();
        observed.containers.insert(name.to_owned(), found);
        let error = plan(&desired(), &observed, Pull::Missing.into()).unwrap_err();
        told += &format!("{error}\nnext: {}\n", crate::Explain::next_step(&error));
    }
    assert_snapshot!(told, @"
    there is a container portsip.clickhouse (from portsip/pbx:22) that neither this program nor the vendor's script made
    next: Look at it on the server (docker inspect portsip.clickhouse). If it is not needed, rename or remove it, then run the same command again. To have it replaced, with its data kept where it is: add --adopt.
    there is a container portsip.dataflow (from portsip/pbx:22) that neither this program nor the vendor's script made
    next: Look at it on the server (docker inspect portsip.dataflow). If it is not needed, rename or remove it, then run the same command again. To have it replaced, with its data kept where it is: add --adopt.
    there is a container portsip.dataflow_initdt (from portsip/pbx:22) that neither this program nor the vendor's script made
    next: Look at it on the server (docker inspect portsip.dataflow_initdt). If it is not needed, rename or remove it, then run the same command again.
    there is a container portsip.dataflow.previous (from portsip/pbx:22) that neither this program nor the vendor's script made
    next: Look at it on the server (docker inspect portsip.dataflow.previous). If it is not needed, rename or remove it, then run the same command again. To have it replaced, with its data kept where it is: add --adopt.
    ");
}

#[test]
fn somebody_elses_service_is_replaced_where_that_is_asked_for() {
    assert_snapshot!(adopted(&by_hand(SERVICE)), @"
    1. wait until ClickHouse answers: the service needs it
    2. stop portsip.dataflow: it is replaced [undo: start portsip.dataflow]
    3. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    4. create container portsip.dataflow from portsip/pbx:22: made by somebody else, and it was asked to adopt it; command: server --by-hand, wanted: /usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a 172.31.16.133 -x 172.31.16.158 [undo: remove container portsip.dataflow]
    5. start portsip.dataflow: it was just made
    6. see portsip.dataflow keep running: a start alone proves nothing
    7. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");
}

#[test]
fn somebody_elses_clickhouse_is_replaced_even_where_it_is_otherwise_as_wanted() {
    let mut observed = by_hand(DATABASE);
    container(&mut observed, DATABASE).command = vec!["server".to_owned()];
    assert_snapshot!(adopted(&observed), @"
    1. stop portsip.dataflow: ClickHouse is replaced [undo: start portsip.dataflow]
    2. stop portsip.clickhouse: it is replaced [undo: start portsip.clickhouse]
    3. set container portsip.clickhouse aside: it is kept until its successor works [undo: put container portsip.clickhouse back]
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: made by somebody else, and it was asked to adopt it [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    7. remove container portsip.clickhouse.previous: its successor works [no way back for portsip.clickhouse]
    8. start portsip.dataflow: it was stopped for this
    9. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn somebody_elses_data_that_is_elsewhere_is_not_given_up() {
    let cases: [fn(&mut Container); 3] = [
        |found| found.mounts.clear(),
        |found| found.mounts[1].source = "/srv/clickhouse".to_owned(),
        |found| found.mounts[1].source = "a-volume".to_owned(),
    ];
    let told = cases.map(|change| {
        let mut observed = by_hand(DATABASE);
        change(container(&mut observed, DATABASE));
        adopted(&observed)
    });
    assert_snapshot!(told.join("\n"), @"
    refused: portsip.clickhouse does not keep its /var/lib/clickhouse in /var/lib/portsip/clickhouse/data; without that it can't be adopted
    next: If it keeps its data below another path of the server, give that with -p. If not: stop it, copy what is needed out of it (docker cp portsip.clickhouse:/var/lib/clickhouse/. /var/lib/portsip/clickhouse/data), rename it, and run the same command without --adopt.
    refused: portsip.clickhouse does not keep its /var/lib/clickhouse in /var/lib/portsip/clickhouse/data; without that it can't be adopted
    next: If it keeps its data below another path of the server, give that with -p. If not: stop it, copy what is needed out of it (docker cp portsip.clickhouse:/var/lib/clickhouse/. /var/lib/portsip/clickhouse/data), rename it, and run the same command without --adopt.
    refused: portsip.clickhouse does not keep its /var/lib/clickhouse in /var/lib/portsip/clickhouse/data; without that it can't be adopted
    next: If it keeps its data below another path of the server, give that with -p. If not: stop it, copy what is needed out of it (docker cp portsip.clickhouse:/var/lib/clickhouse/. /var/lib/portsip/clickhouse/data), rename it, and run the same command without --adopt.
    ");
}

#[test]
fn only_the_two_containers_are_adopted() {
    let mut observed = deployed();
    let mut init = observed.containers[SERVICE].clone();
    init.labels.clear();
    init.name = "portsip.dataflow_initdt".to_owned();
    observed.containers.insert(init.name.clone(), init);
    assert_snapshot!(adopted(&observed), @"
    refused: there is a container portsip.dataflow_initdt (from portsip/pbx:22) that neither this program nor the vendor's script made
    next: Look at it on the server (docker inspect portsip.dataflow_initdt). If it is not needed, rename or remove it, then run the same command again.
    ");
}

#[test]
fn killed_in_the_middle_of_an_adoption_the_same_command_goes_on() {
    let mut observed = by_hand(SERVICE);
    let mut old = observed.containers.remove(SERVICE).unwrap();
    old.name = aside(SERVICE);
    old.state = State::Exited;
    observed.containers.insert(aside(SERVICE), old);
    assert_snapshot!(adopted(&observed), @"
    1. put container portsip.dataflow back: an interrupted run had set it aside
    2. wait until ClickHouse answers: the service needs it
    3. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    4. create container portsip.dataflow from portsip/pbx:22: made by somebody else, and it was asked to adopt it; command: server --by-hand, wanted: /usr/local/bin/dataflow serve -D /var/lib/portsip/dataflow -a 172.31.16.133 -x 172.31.16.158 [undo: remove container portsip.dataflow]
    5. start portsip.dataflow: it was just made
    6. see portsip.dataflow keep running: a start alone proves nothing
    7. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");
}
