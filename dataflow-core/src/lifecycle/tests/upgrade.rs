use insta::assert_snapshot;

use super::*;

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
    8. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");
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
    6. wait until ClickHouse answers: the service needs it [no way back for portsip.clickhouse]
    7. remove container portsip.clickhouse.previous: its successor works [no way back for portsip.clickhouse]
    8. start portsip.dataflow: it was stopped for this
    9. see portsip.dataflow keep running: a start alone proves nothing
    ");
}

/// ClickHouse's image and container, each with its tag and, where it has one, its label.
fn clickhouse_from(
    (tag, label): (&str, Option<&str>),
    (old_tag, old_label): (&str, Option<&str>),
    spec: Spec,
) -> String {
    let name = |tag: &str| format!("portsip/clickhouse:{tag}");
    let wanted = spec.with_clickhouse_image(name(tag).parse().unwrap());
    let desired = Desired::new(&wanted, &Release::portsip(), Some(&"secret".into()));
    let mut observed = deployed();
    let labelled = |label: Option<&str>| {
        label
            .map(|label| ("version".to_owned(), label.to_owned()))
            .into_iter()
    };
    let image = Image {
        id: "sha256:dddddddddddddddd".to_owned(),
        labels: labelled(label).collect(),
        ..image("", "")
    };
    observed.images.insert(name(tag), image);
    let found = container(&mut observed, DATABASE);
    found.image = name(old_tag);
    found.labels.remove("version");
    found.labels.extend(labelled(old_label));
    match plan(&desired, &observed, Pull::Missing.into()) {
        Ok(plan) if plan.is_empty() => "nothing to do".to_owned(),
        Ok(_) => "replaced".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_clickhouse_that_is_older_or_too_much_newer_is_refused_by_label_and_else_by_tag() {
    let cases = [
        (("25.8", Some("25.8.1")), ("25.3", Some("25.3.9"))),
        (("26.8", Some("26.8.1")), ("25.8", Some("25.8.1"))),
        (("26.9", Some("26.9.1")), ("25.8", Some("25.8.1"))),
        (("lts", Some("27.1.1")), ("25.8", Some("25.8.1"))),
        (("25.3", Some("25.3.9")), ("25.8", Some("25.8.1"))),
        (("new", Some("25.3.9")), ("25.8", Some("25.8.1"))),
        (("25.8", None), ("26.3", None)),
        (("25.8", None), ("25.10", None)),
        (("26.3", None), ("25.8", None)),
        (("26.9", None), ("25.8", None)),
        (("26.9", None), ("old", Some("25.8.1"))),
        (("25.3", None), ("old", Some("25.8.1"))),
        (("25", None), ("25.8", None)),
        (("27", None), ("25.8", None)),
        (("25.8", None), ("latest", None)),
        (("stable", None), ("25.8", None)),
    ];
    let told = cases
        .map(|(new, old)| format!("{new:?} on {old:?}: {}", clickhouse_from(new, old, spec())));
    assert_snapshot!(told.join("\n"), @r#"
    ("25.8", Some("25.8.1")) on ("25.3", Some("25.3.9")): replaced
    ("26.8", Some("26.8.1")) on ("25.8", Some("25.8.1")): replaced
    ("26.9", Some("26.9.1")) on ("25.8", Some("25.8.1")): the image portsip/clickhouse:26.9 has ClickHouse 26.9.1, which is more than a year newer than 25.8.1, which is deployed
    ("lts", Some("27.1.1")) on ("25.8", Some("25.8.1")): the image portsip/clickhouse:lts has ClickHouse 27.1.1, which is more than a year newer than 25.8.1, which is deployed
    ("25.3", Some("25.3.9")) on ("25.8", Some("25.8.1")): the image portsip/clickhouse:25.3 has version 25.3.9; 25.8.1 is deployed
    ("new", Some("25.3.9")) on ("25.8", Some("25.8.1")): the image portsip/clickhouse:new has version 25.3.9; 25.8.1 is deployed
    ("25.8", None) on ("26.3", None): the image portsip/clickhouse:25.8 has version 25.8; 26.3 is deployed
    ("25.8", None) on ("25.10", None): the image portsip/clickhouse:25.8 has version 25.8; 25.10 is deployed
    ("26.3", None) on ("25.8", None): replaced
    ("26.9", None) on ("25.8", None): the image portsip/clickhouse:26.9 has ClickHouse 26.9, which is more than a year newer than 25.8, which is deployed
    ("26.9", None) on ("old", Some("25.8.1")): the image portsip/clickhouse:26.9 has ClickHouse 26.9, which is more than a year newer than 25.8.1, which is deployed
    ("25.3", None) on ("old", Some("25.8.1")): the image portsip/clickhouse:25.3 has version 25.3; 25.8.1 is deployed
    ("25", None) on ("25.8", None): replaced
    ("27", None) on ("25.8", None): replaced
    ("25.8", None) on ("latest", None): replaced
    ("stable", None) on ("25.8", None): replaced
    "#);
}

#[test]
fn going_back_or_far_ahead_can_be_asked_for_each_by_its_own_flag() {
    let newer = ("27.1", Some("27.1.1"));
    let older = ("25.8", Some("25.8.1"));
    let cases = [
        (newer, older, spec().with_jump(true)),
        (newer, older, spec().with_downgrade(true)),
        (older, newer, spec().with_downgrade(true)),
        (older, newer, spec().with_jump(true)),
    ];
    let told = cases.map(|(new, old, spec)| clickhouse_from(new, old, spec));
    assert_snapshot!(told.join("\n"), @"
    replaced
    the image portsip/clickhouse:27.1 has ClickHouse 27.1.1, which is more than a year newer than 25.8.1, which is deployed
    replaced
    the image portsip/clickhouse:25.8 has version 25.8.1; 27.1.1 is deployed
    ");
}

#[test]
fn a_jump_says_through_which_release_to_go() {
    let error = PlanError::Jump {
        image: "portsip/clickhouse:27.1".parse().unwrap(),
        version: "27.1.1".parse().unwrap(),
        deployed: "25.8.1".parse().unwrap(),
        is: "is",
        between: "26.8".to_owned(),
    };
    assert_snapshot!(crate::Explain::next_step(&error), @"Go through a release in between: first upgrade -d to one that is not newer than 26.8, and when that works, to this one. To go at once all the same: back up the data, then add --allow-jump.");
}

#[test]
fn an_image_of_the_service_has_to_tell_a_version_that_is_new_enough() {
    let versions = [
        None,
        Some(""),
        Some("newest"),
        Some("22.2.9"),
        Some("22.3.5"),
    ];
    let told = versions.map(|version| {
        let mut observed = empty();
        let labels = &mut observed.images.get_mut(IMAGE).unwrap().labels;
        labels.remove("version");
        labels.extend(version.map(|version| ("version".to_owned(), version.to_owned())));
        let told = planned(&observed);
        format!("{version:?}: {}", told.lines().next().unwrap_or_default())
    });
    assert_snapshot!(told.join("\n"), @r#"
    None: refused: the image portsip/pbx:22 has no label "version", so it is not known to be 22.3.0 or newer
    Some(""): refused: the image portsip/pbx:22 has no label "version", so it is not known to be 22.3.0 or newer
    Some("newest"): refused: the image portsip/pbx:22 has the label version="newest", which is not a version such as 22.3.5
    Some("22.2.9"): refused: the image portsip/pbx:22 has version 22.2.9, which is older than 22.3.0
    Some("22.3.5"): 1. set up 5 directories in /var/lib/portsip: not there
    "#);
}

#[test]
fn a_moved_tag_is_told_by_the_identifier_though_name_and_version_are_the_same() {
    let mut observed = deployed();
    let moved = image("sha256:bbbbbbbbbbbbbbbb", "22.3.5");
    observed.images.insert(IMAGE.to_owned(), moved);
    assert_snapshot!(planned(&observed), @"
    1. wait until ClickHouse answers: the service needs it
    2. stop portsip.dataflow: it is replaced [undo: start portsip.dataflow]
    3. prepare the database with portsip/pbx:22: the service comes from another image
    4. set container portsip.dataflow aside: it is kept until its successor works [undo: put container portsip.dataflow back]
    5. create container portsip.dataflow from portsip/pbx:22: image: portsip/pbx:22 22.3.5 (aaaaaaaaaaaa), wanted: portsip/pbx:22 22.3.5 (bbbbbbbbbbbb) [undo: remove container portsip.dataflow]
    6. start portsip.dataflow: it was just made
    7. see portsip.dataflow keep running: a start alone proves nothing
    8. remove container portsip.dataflow.previous: its successor works [no way back for portsip.dataflow]
    ");
}

#[test]
fn what_was_deployed_last_counts_after_its_container_was_removed_as_long_as_its_data_is_there() {
    let last = |image: &str| {
        let spec = spec().with_clickhouse_image(image.parse().unwrap());
        let deed = Deed {
            run: String::new(),
            at: "2026-11-24T11:45:00Z".parse().unwrap(),
            operator: Operator::default(),
        };
        let mut observed = deployed();
        observed.containers.clear();
        let news = Remembered::news(None, &spec, &observed, deed.clone()).unwrap();
        observed.remembered = Some(news.removed(deed));
        observed
    };
    let mut told = Vec::new();
    for image in [
        "portsip/clickhouse:25.8",
        "portsip/clickhouse:26.3",
        "portsip/clickhouse:24.3",
        "portsip/clickhouse:lts",
    ] {
        let planned = planned(&last(image));
        told.push(planned.lines().next().unwrap_or_default().to_owned());
    }
    let mut begun_anew = last("portsip/clickhouse:26.3");
    begun_anew.directories.clear();
    assert!(!planned(&begun_anew).contains("refused"));
    assert_snapshot!(told.join("\n"), @"
    1. create container portsip.clickhouse from portsip/clickhouse:25.8: there is no such container [undo: remove container portsip.clickhouse]
    refused: the image portsip/clickhouse:25.8 has version 25.8.1; 26.3 was deployed
    refused: the image portsip/clickhouse:25.8 has ClickHouse 25.8.1, which is more than a year newer than 24.3, which was deployed
    1. create container portsip.clickhouse from portsip/clickhouse:25.8: there is no such container [undo: remove container portsip.clickhouse]
    ");
}
