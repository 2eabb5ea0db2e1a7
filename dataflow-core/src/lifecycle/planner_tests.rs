//! Wanted and observed, by hand; the plan as text.
#![allow(clippy::unwrap_used)]

use insta::assert_snapshot;

use super::*;
use crate::{
    lifecycle::{differences, observed},
    spec::{Release, Spec},
};

const IMAGE: &str = "portsip/pbx:22";
const CLICKHOUSE_IMAGE: &str = "portsip/clickhouse:25.8";
const DATABASE: &str = "portsip.clickhouse";
const SERVICE: &str = "portsip.dataflow";

fn spec() -> Spec {
    let ip = |text: &str| text.parse().unwrap();
    Spec::new(ip("172.31.16.133"), Some(ip("172.31.16.158")), None).unwrap()
}

fn desired() -> Desired {
    Desired::new(&spec(), &Release::portsip(), Some(&"secret".into()))
}

fn image(id: &str, version: &str) -> Image {
    Image {
        id: id.to_owned(),
        labels: [("version".to_owned(), version.to_owned())].into(),
        command: vec!["server".to_owned()],
        ..Image::default()
    }
}

/// A server with Docker, both images, and nothing else.
fn empty() -> Observed {
    Observed {
        images: [
            (IMAGE.to_owned(), image("sha256:aaaaaaaaaaaaaaaa", "22.3.5")),
            (
                CLICKHOUSE_IMAGE.to_owned(),
                image("sha256:cccccccccccccccc", "25.8.1"),
            ),
        ]
        .into(),
        ..Observed::default()
    }
}

/// The container as the engine shows it when it was made as wanted and runs.
fn as_wanted(wanted: &ContainerSpec, image: &Image) -> Container {
    let mut cap_add = wanted.cap_add.clone();
    cap_add.sort();
    let labels = wanted.labels.iter().cloned().chain(image.labels.clone());
    Container {
        name: wanted.name.clone(),
        state: State::Running,
        image_id: image.id.clone(),
        image: wanted.image.to_string(),
        user: wanted.user.clone().unwrap(),
        command: wanted.command.clone().unwrap_or(image.command.clone()),
        env: wanted
            .env
            .iter()
            .map(|(key, value)| (key.clone(), value.expose().into()))
            .collect(),
        mounts: wanted.binds.clone(),
        cap_add,
        nofile: wanted.nofile.map(|limit| limit.try_into().unwrap()),
        restart_policy: "unless-stopped".to_owned(),
        network: "host".to_owned(),
        healthcheck: wanted.health.clone(),
        stop_timeout: Some(wanted.stop_timeout),
        labels: labels.collect(),
        ..Container::default()
    }
}

/// A server on which all is as wanted.
fn deployed() -> Observed {
    let desired = desired();
    let mut observed = empty();
    observed.password = Some("secret".into());
    for wanted in [&desired.clickhouse, &desired.service] {
        let image = &observed.images[&wanted.image.to_string()];
        let container = as_wanted(wanted, image);
        observed.containers.insert(wanted.name.clone(), container);
    }
    for directory in &desired.directories {
        let owner = crate::spec::Owner { uid: 0, gid: 0 };
        observed.directories.insert(
            directory.path.clone(),
            observed::Directory {
                is_directory: true,
                mode: directory.mode,
                owner: directory.owner.unwrap_or(owner),
            },
        );
    }
    observed
}

fn container<'a>(observed: &'a mut Observed, name: &str) -> &'a mut Container {
    observed.containers.get_mut(name).unwrap()
}

fn planned(observed: &Observed) -> String {
    match plan(&desired(), observed, Pull::Missing.into()) {
        Ok(plan) => plan.to_string(),
        Err(error) => format!("refused: {error}"),
    }
}

#[test]
fn on_a_server_without_the_images_they_are_fetched_and_nothing_else_is_planned() {
    assert_snapshot!(planned(&Observed::default()), @"
    1. fetch image portsip/clickhouse:25.8: it is not on the server
    2. fetch image portsip/pbx:22: it is not on the server
    ");
}

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
fn an_upgrade_fetches_what_is_there_too() {
    let plan = plan(&desired(), &deployed(), Pull::Always.into()).unwrap();
    assert_snapshot!(plan, @"
    1. fetch image portsip/clickhouse:25.8: its tag may stand for a newer image
    2. fetch image portsip/pbx:22: its tag may stand for a newer image
    ");
    assert!(plan.only_fetches());
}

#[test]
fn asked_not_to_fetch_a_missing_image_is_an_error() {
    let error = plan(&desired(), &Observed::default(), Pull::Never.into()).unwrap_err();
    assert_snapshot!(error, @"the image portsip/clickhouse:25.8 is not on the server, and it was asked not to fetch any");
}

#[test]
fn another_service_image_replaces_the_service_and_leaves_clickhouse_alone() {
    let mut observed = deployed();
    observed
        .images
        .insert(IMAGE.to_owned(), image("sha256:bbbbbbbbbbbbbbbb", "22.4.0"));
    assert_snapshot!(planned(&observed), @"
    1. wait until ClickHouse answers: the service needs it
    2. stop portsip.dataflow: it is replaced [undo: start portsip.dataflow]
    3. prepare the database with portsip/pbx:22: the service comes from another image
    4. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    5. create container portsip.dataflow from portsip/pbx:22: image: portsip/pbx:22 22.3.5 (aaaaaaaaaaaa), wanted: portsip/pbx:22 22.4.0 (bbbbbbbbbbbb) [undo: remove container portsip.dataflow]
    6. start portsip.dataflow: it was just made
    7. see portsip.dataflow keep running: a start alone proves nothing
    8. remove container portsip.dataflow.previous: its successor works
    ");
}

#[test]
fn only_what_may_have_moved_is_fetched() {
    let pulls = Pulls {
        clickhouse: Pull::Missing,
        service: Pull::Always,
    };
    let plan = plan(&desired(), &deployed(), pulls).unwrap();
    assert_snapshot!(plan, @"1. fetch image portsip/pbx:22: its tag may stand for a newer image");
}

#[test]
fn an_older_image_is_refused_unless_it_was_asked_for() {
    let mut observed = deployed();
    let older = image("sha256:bbbbbbbbbbbbbbbb", "22.3.4");
    observed.images.insert(IMAGE.to_owned(), older);
    assert_snapshot!(planned(&observed), @"refused: the image portsip/pbx:22 has version 22.3.4; 22.3.5 is deployed");

    let spec = spec().with_downgrade(true);
    let desired = Desired::new(&spec, &Release::portsip(), Some(&"secret".into()));
    assert!(plan(&desired, &observed, Pull::Missing.into()).is_ok());
}

#[test]
fn an_older_clickhouse_is_refused_unless_it_was_asked_for() {
    let mut observed = deployed();
    let older = image("sha256:bbbbbbbbbbbbbbbb", "25.3.9");
    observed.images.insert(CLICKHOUSE_IMAGE.to_owned(), older);
    assert_snapshot!(planned(&observed), @"refused: the image portsip/clickhouse:25.8 has version 25.3.9; 25.8.1 is deployed");
}

#[test]
fn another_clickhouse_image_replaces_clickhouse_while_the_service_is_stopped() {
    let mut observed = deployed();
    observed.images.insert(
        CLICKHOUSE_IMAGE.to_owned(),
        image("sha256:dddddddddddddddd", "26.3.1"),
    );
    assert_snapshot!(planned(&observed), @"
    1. stop portsip.dataflow: ClickHouse is replaced [undo: start portsip.dataflow]
    2. stop portsip.clickhouse: it is replaced [undo: start portsip.clickhouse]
    3. set container portsip.clickhouse aside: it is kept until its successor works [undo: put container portsip.clickhouse back]
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: image: portsip/clickhouse:25.8 25.8.1 (cccccccccccc), wanted: portsip/clickhouse:25.8 26.3.1 (dddddddddddd) [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it
    7. remove container portsip.clickhouse.previous: its successor works
    8. start portsip.dataflow: it was stopped for this
    9. see portsip.dataflow keep running: a start alone proves nothing
    ");
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
fn a_directory_with_another_owner_gets_its_own_back() {
    let mut observed = deployed();
    let path = "/var/lib/portsip/dataflow";
    let directory = observed.directories.get_mut(path).unwrap();
    directory.owner = crate::spec::Owner { uid: 0, gid: 0 };
    assert_snapshot!(planned(&observed), @"1. set up directory /var/lib/portsip/dataflow: /var/lib/portsip/dataflow belongs to 0:0");
}

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
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: made by the vendor's script; time to stop: the engine's, wanted: 300 s [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it
    7. remove container portsip.clickhouse.previous: its successor works
    8. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    9. create container portsip.dataflow from portsip/pbx:22: made by the vendor's script; time to stop: the engine's, wanted: 300 s [undo: remove container portsip.dataflow]
    10. start portsip.dataflow: it was just made
    11. see portsip.dataflow keep running: a start alone proves nothing
    12. remove container portsip.dataflow.previous: its successor works
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
    6. wait until ClickHouse answers: the service needs it
    7. remove container portsip.clickhouse.previous: its successor works
    8. prepare the database with portsip/pbx:22: the service has no password for it yet
    9. create container portsip.dataflow from portsip/pbx:22: there is no such container [undo: remove container portsip.dataflow]
    10. start portsip.dataflow: it was just made
    11. see portsip.dataflow keep running: a start alone proves nothing
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
fn every_difference_is_named_without_showing_a_secret() {
    let cases: [fn(&mut Container); 12] = [
        |c| c.image_id = "sha256:9999999999999999".to_owned(),
        |c| c.user = "nobody".to_owned(),
        |c| c.command.push("--debug".to_owned()),
        |c| c.entrypoint.push("/bin/sh".to_owned()),
        |c| drop(c.mounts.pop()),
        |c| drop(c.cap_add.pop()),
        |c| c.nofile = Some(1024),
        |c| c.restart_policy = "no".to_owned(),
        |c| c.network = "bridge".to_owned(),
        |c| c.healthcheck = None,
        |c| c.stop_timeout = None,
        |c| {
            c.env
                .insert("CLICKHOUSE_PASSWORD".to_owned(), "canary".into());
            c.env.insert("EXTRA".to_owned(), "1".into());
            c.env.remove("CLICKHOUSE_DB");
        },
    ];
    let wanted = desired().clickhouse;
    let observed = deployed();
    let image = &observed.images[CLICKHOUSE_IMAGE];
    let told: Vec<String> = cases
        .iter()
        .map(|change| {
            let mut found = observed.containers[DATABASE].clone();
            change(&mut found);
            differences(&wanted, image, &found).join("\n")
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    image: portsip/clickhouse:25.8 25.8.1 (999999999999), wanted: portsip/clickhouse:25.8 25.8.1 (cccccccccccc)
    user: nobody, wanted: root
    command: server --debug, wanted: server
    entry point: /bin/sh, wanted: none
    mounts: /etc/localtime on /etc/localtime, /var/lib/portsip/clickhouse/data on /var/lib/clickhouse, wanted: /etc/localtime on /etc/localtime, /var/lib/portsip/clickhouse/data on /var/lib/clickhouse, /var/lib/portsip/clickhouse/log on /var/log/clickhouse-server
    added capabilities: IPC_LOCK NET_ADMIN, wanted: IPC_LOCK NET_ADMIN SYS_NICE
    limit of open files: 1024, wanted: 655360
    restart policy: no, wanted: unless-stopped
    network: bridge, wanted: host
    health check: none, wanted: "wget --spider -q http://localhost:8123/ping" every 10s, timeout 3s, 3 retries, 90s to start
    time to stop: the engine's, wanted: 300 s
    variable CLICKHOUSE_DB: not set
    variable CLICKHOUSE_PASSWORD: another value than wanted
    variable EXTRA: set, but not wanted
    "#);
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
fn the_vendors_init_container_sleeps_for_ever_and_is_not_waited_for() {
    let mut observed = deployed();
    let mut init = observed.containers[SERVICE].clone();
    init.name = "portsip.dataflow_initdt".to_owned();
    let project = "com.docker.compose.project".to_owned();
    init.labels = [(project, "dataflow-server-only".to_owned())].into();
    observed.containers.insert(init.name.clone(), init);
    assert_snapshot!(planned(&observed), @"1. remove container portsip.dataflow_initdt: it was left behind by an interrupted run");
}
