//! What stands in the way of any plan. Judged before anything is touched.

use std::collections::BTreeMap;

use super::{
    desired::Desired,
    observed::{Observed, Origin, current, is_up},
    plan_error::PlanError,
};
use crate::{
    docker::{Container, Image},
    spec::{ContainerSpec, ImageRef, Version},
};

/// Somebody else's containers, and the vendor's or our own with their data elsewhere.
pub(super) fn foreign(desired: &Desired, observed: &Observed) -> Result<(), PlanError> {
    for container in observed.containers.values() {
        match Origin::of(container) {
            Origin::Ours => {}
            Origin::Foreign => {
                return Err(PlanError::Foreign {
                    name: container.name.clone(),
                    image: crate::host::shown(container.image.as_bytes()),
                });
            }
            // Once the script has made the service, its password is in a file below the data path. Where it is not, the data is
            // elsewhere.
            Origin::Vendor
                if container.name == desired.service.name && observed.password.is_none() =>
            {
                return Err(PlanError::DataElsewhere {
                    path: desired.release.password_path(&desired.spec),
                });
            }
            Origin::Vendor => {}
        }
    }
    for wanted in [&desired.clickhouse, &desired.service] {
        let Some(found) = observed.containers.get(&wanted.name) else {
            continue;
        };
        if Origin::of(found) == Origin::Ours {
            moved_data(wanted, found)?;
            lost_data(desired, observed, found)?;
        }
    }
    Ok(())
}

/// Data is never moved: with another data path the service would begin anew, without what it has stored.
fn moved_data(wanted: &ContainerSpec, found: &Container) -> Result<(), PlanError> {
    for bind in &wanted.binds {
        let elsewhere = found
            .mounts
            .iter()
            .find(|mount| mount.target == bind.target && mount.source != bind.source);
        if let Some(mount) = elsewhere {
            return Err(PlanError::DataMoved {
                name: found.name.clone(),
                from: mount.source.clone(),
                to: bind.source.clone(),
            });
        }
    }
    Ok(())
}

/// Data that was there when the container was made: a disk that is not mounted looks like this, and a deploy onto the place where
/// it belongs would begin anew.
fn lost_data(desired: &Desired, observed: &Observed, found: &Container) -> Result<(), PlanError> {
    let is_lost = |path: &String| {
        desired
            .directories
            .iter()
            .any(|wanted| wanted.path == *path)
            && !observed.directories.contains_key(path)
    };
    let mut sources = found.mounts.iter().map(|mount| &mount.source);
    match sources.find(|source| is_lost(source)) {
        Some(path) => Err(PlanError::DataGone {
            name: found.name.clone(),
            path: path.clone(),
        }),
        None => Ok(()),
    }
}

/// ClickHouse's ports in use by somebody else.
pub(super) fn taken_ports(desired: &Desired, observed: &Observed) -> Result<(), PlanError> {
    let ours = observed
        .containers
        .get(&desired.clickhouse.name)
        .is_some_and(is_up);
    if ours {
        return Ok(());
    }
    let release = &desired.release;
    for port in [release.clickhouse_http_port, release.clickhouse_native_port] {
        if let Some(program) = observed.listeners.get(&port) {
            return Err(PlanError::PortTaken {
                port,
                program: program.clone(),
            });
        }
    }
    Ok(())
}

/// Files where directories are needed.
pub(super) fn files_in_the_way(desired: &Desired, observed: &Observed) -> Result<(), PlanError> {
    for directory in &desired.directories {
        if let Some(found) = observed.directories.get(&directory.path)
            && !found.is_directory
        {
            return Err(PlanError::NotADirectory {
                path: directory.path.clone(),
            });
        }
    }
    Ok(())
}

/// An older program may not read what a newer one has written, so going back has to be asked for. Told by the label, and where
/// one of the two has none, or one that is no version, by the tags; where these tell nothing either, there is no telling.
pub(super) fn downgrade(
    desired: &Desired,
    observed: &Observed,
    wanted: &ContainerSpec,
    image: &Image,
) -> Result<(), PlanError> {
    let version = |labels: &BTreeMap<String, String>| -> Option<Version> {
        labels.get(desired.release.version_label)?.parse().ok()
    };
    let Some(found) = current(&observed.containers, &wanted.name) else {
        return Ok(());
    };
    let by_label = version(&image.labels).zip(version(&found.labels));
    let by_tag = || older_tag(&wanted.image, &found.image.parse().ok()?);
    match by_label.or_else(by_tag) {
        Some((version, deployed)) if version < deployed => Err(PlanError::Downgrade {
            image: wanted.image.clone(),
            version,
            deployed,
        }),
        _ => Ok(()),
    }
}

/// The two tags as versions, where the first is older as far as both go: `25` may well be newer than `25.8`.
fn older_tag(wanted: &ImageRef, deployed: &ImageRef) -> Option<(Version, Version)> {
    let (wanted, deployed) = (wanted.tag()?, deployed.tag()?);
    let parts =
        |tag: &str| -> Vec<u64> { tag.split('.').map_while(|part| part.parse().ok()).collect() };
    let pairs = parts(wanted).into_iter().zip(parts(deployed));
    let (wanted_part, deployed_part) = pairs.into_iter().find(|(a, b)| a != b)?;
    (wanted_part < deployed_part)
        .then(|| wanted.parse().ok().zip(deployed.parse().ok()))
        .flatten()
}

#[cfg(test)]
#[path = "refuse_tests.rs"]
mod tests;
