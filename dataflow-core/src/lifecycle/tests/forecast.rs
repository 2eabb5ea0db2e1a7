use insta::assert_snapshot;

use super::*;

#[test]
fn on_a_server_without_the_images_they_are_fetched_and_nothing_else_is_planned() {
    assert_snapshot!(planned(&Observed::default()), @"
    1. fetch image portsip/clickhouse:25.8: it is not on the server
    2. fetch image portsip/pbx:22: it is not on the server
    then, as far as can be told now:
    3. set up 5 directories in /var/lib/portsip: not there
    4. create container portsip.clickhouse from portsip/clickhouse:25.8: there is no such container [undo: remove container portsip.clickhouse]
    5. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    6. wait until ClickHouse answers: the service needs it
    7. prepare the database with portsip/pbx:22: the service has no password for it yet
    8. create container portsip.dataflow from portsip/pbx:22: there is no such container [undo: remove container portsip.dataflow]
    9. start portsip.dataflow: it was just made
    10. see portsip.dataflow keep running: a start alone proves nothing
    ");
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
fn only_what_may_have_moved_is_fetched() {
    let pulls = Pulls {
        clickhouse: Pull::Missing,
        service: Pull::Always,
    };
    let plan = plan(&desired(), &deployed(), pulls).unwrap();
    assert_snapshot!(plan, @"1. fetch image portsip/pbx:22: its tag may stand for a newer image");
}

fn without_image(mut observed: Observed, image: &str) -> Observed {
    observed.images.remove(image);
    observed
}

#[test]
fn the_forecast_for_a_new_service_image_is_what_comes_after_the_fetch() {
    let observed = without_image(deployed(), IMAGE);
    let before = plan(&desired(), &observed, Pull::Missing.into()).unwrap();
    assert_snapshot!(before, @"
    1. fetch image portsip/pbx:22: it is not on the server
    then, as far as can be told now:
    2. wait until ClickHouse answers: the service needs it
    3. stop portsip.dataflow: it is replaced [undo: start portsip.dataflow]
    4. prepare the database with portsip/pbx:22: the service comes from another image
    5. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    6. create container portsip.dataflow from portsip/pbx:22: image: portsip/pbx:22 22.3.5 (aaaaaaaaaaaa), wanted: portsip/pbx:22 (not on the server yet) [undo: remove container portsip.dataflow]
    7. start portsip.dataflow: it was just made
    8. see portsip.dataflow keep running: a start alone proves nothing
    9. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");

    let mut fetched = observed;
    let new = image("sha256:bbbbbbbbbbbbbbbb", "22.4.0");
    fetched.images.insert(IMAGE.to_owned(), new);
    let after = plan(&desired(), &fetched, Pull::Never.into()).unwrap();
    assert!(before.tells(&after), "{after}");
}

#[test]
fn the_forecast_for_a_new_clickhouse_image_leaves_the_service_as_it_is() {
    assert_snapshot!(planned(&without_image(deployed(), CLICKHOUSE_IMAGE)), @"
    1. fetch image portsip/clickhouse:25.8: it is not on the server
    then, as far as can be told now:
    2. stop portsip.dataflow: ClickHouse is replaced [undo: start portsip.dataflow]
    3. stop portsip.clickhouse: it is replaced [undo: start portsip.clickhouse]
    4. set container portsip.clickhouse aside: it is kept until its successor works [undo: put container portsip.clickhouse back]
    5. create container portsip.clickhouse from portsip/clickhouse:25.8: image: portsip/clickhouse:25.8 25.8.1 (cccccccccccc), wanted: portsip/clickhouse:25.8 (not on the server yet) [undo: remove container portsip.clickhouse]
    6. start portsip.clickhouse: it was just made [undo: stop portsip.clickhouse]
    7. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    8. remove container portsip.clickhouse.previous: its successor works [no way back for portsip.clickhouse]
    9. start portsip.dataflow: it was stopped for this
    10. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn drift_is_foretold_where_images_are_fetched_again() {
    let mut observed = deployed();
    container(&mut observed, SERVICE).state = State::Exited;
    let plan = plan(&desired(), &observed, Pull::Always.into()).unwrap();
    assert_snapshot!(plan, @"
    1. fetch image portsip/clickhouse:25.8: its tag may stand for a newer image
    2. fetch image portsip/pbx:22: its tag may stand for a newer image
    then, as far as can be told now:
    3. wait until ClickHouse answers: the service needs it
    4. start portsip.dataflow: it is stopped
    5. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

#[test]
fn a_moved_tag_comes_to_more_than_was_told() {
    let before = plan(&desired(), &deployed(), Pull::Always.into()).unwrap();
    let mut moved = deployed();
    let new = image("sha256:bbbbbbbbbbbbbbbb", "22.4.0");
    moved.images.insert(IMAGE.to_owned(), new);
    let after = plan(&desired(), &moved, Pull::Never.into()).unwrap();
    assert!(!before.tells(&after));
    let unmoved = plan(&desired(), &deployed(), Pull::Never.into()).unwrap();
    assert!(before.tells(&unmoved));
}

#[test]
fn the_version_of_what_is_fetched_is_judged_when_it_is_there_and_of_the_rest_at_once() {
    let mut observed = deployed();
    let older = image("sha256:bbbbbbbbbbbbbbbb", "22.3.4");
    observed.images.insert(IMAGE.to_owned(), older);
    let pulls = |clickhouse, service| Pulls {
        clickhouse,
        service,
    };
    let fetched = plan(&desired(), &observed, pulls(Pull::Missing, Pull::Always));
    assert!(fetched.unwrap().only_fetches());
    let other = plan(&desired(), &observed, pulls(Pull::Always, Pull::Missing));
    assert_snapshot!(other.unwrap_err(), @"the image portsip/pbx:22 has version 22.3.4; 22.3.5 is deployed");
}
