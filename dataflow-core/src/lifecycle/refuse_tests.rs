#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    lifecycle::observed,
    spec::{Owner, Release, Spec},
};

fn desired() -> Desired {
    let ip = "172.31.16.133".parse().unwrap();
    let spec = Spec::new(ip, Some(ip), None).unwrap();
    Desired::new(&spec, &Release::portsip(), None)
}

/// ClickHouse as this library makes it.
fn clickhouse(wanted: &ContainerSpec, image: &str) -> Observed {
    let container = Container {
        name: wanted.name.clone(),
        image: image.to_owned(),
        labels: wanted.labels.iter().cloned().collect(),
        mounts: wanted.binds.clone(),
        ..Container::default()
    };
    Observed {
        containers: [(container.name.clone(), container)].into(),
        ..Observed::default()
    }
}

#[test]
fn data_that_is_gone_from_under_a_deployment_is_not_begun_anew() {
    let desired = desired();
    let mut observed = clickhouse(&desired.clickhouse, "portsip/clickhouse:25.8");
    let refused = foreign(&desired, &observed).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "portsip.clickhouse is deployed with its data in /var/lib/portsip/clickhouse/data, which is not there any more"
    );
    for directory in &desired.directories {
        let there = observed::Directory {
            is_directory: true,
            mode: directory.mode,
            owner: Owner { uid: 0, gid: 0 },
        };
        observed.directories.insert(directory.path.clone(), there);
    }
    assert_eq!(foreign(&desired, &observed), Ok(()));
}

#[test]
fn images_without_labels_are_told_apart_by_their_tags() {
    let desired = desired();
    let is_refused = |tag: &str, deployed: &str| {
        let mut wanted = desired.clickhouse.clone();
        wanted.image = format!("portsip/clickhouse:{tag}").parse().unwrap();
        let observed = clickhouse(&wanted, &format!("portsip/clickhouse:{deployed}"));
        downgrade(&desired, &observed, &wanted, &Image::default()).is_err()
    };
    assert!(is_refused("25.8", "26.3"));
    assert!(is_refused("25.8", "25.10"));
    for (tag, deployed) in [
        ("26.3", "25.8"),
        ("25.8", "25.8"),
        ("25", "25.8"),
        ("25.8", "latest"),
        ("stable", "25.8"),
    ] {
        assert!(!is_refused(tag, deployed), "{tag} on {deployed}");
    }
}
