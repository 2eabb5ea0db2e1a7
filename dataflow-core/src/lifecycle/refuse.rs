//! What stands in the way of any plan. Judged before anything is touched.

use super::{
    desired::Desired,
    observed::{Observed, Origin, aside, is_up},
    plan_error::PlanError,
};
use crate::{
    docker::Container,
    spec::{Bind, ContainerSpec},
};

/// Somebody else's containers, and those with their data elsewhere.
pub(super) fn foreign(desired: &Desired, observed: &Observed) -> Result<(), PlanError> {
    for container in observed.containers.values() {
        match Origin::of(container) {
            Origin::Ours => {}
            Origin::Foreign => adoptable(desired, container)?,
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
        if Origin::of(found) != Origin::Vendor {
            moved_data(wanted, found)?;
            lost_data(desired, observed, found)?;
        }
    }
    Ok(())
}

/// Whether somebody else's container, perhaps set aside by a run that was interrupted, may be replaced: it has to be asked for, and
/// what it keeps must be where the successor looks for it. What is inside of it, or in a volume without a name, would go with it.
fn adoptable(desired: &Desired, found: &Container) -> Result<(), PlanError> {
    let mut both = [&desired.clickhouse, &desired.service].into_iter();
    let wanted = both.find(|wanted| [&wanted.name, &aside(&wanted.name)].contains(&&found.name));
    let Some(wanted) = wanted.filter(|_| desired.spec.adopts()) else {
        return Err(PlanError::Foreign {
            name: found.name.clone(),
            image: crate::host::shown(found.image.as_bytes()),
            adoptable: wanted.is_some(),
        });
    };
    let is_data = |bind: &&Bind| desired.directories.iter().any(|d| d.path == bind.source);
    for bind in wanted.binds.iter().filter(is_data) {
        let mut mounts = found.mounts.iter();
        if !mounts.any(|mount| mount.target == bind.target && mount.source == bind.source) {
            return Err(PlanError::KeptElsewhere {
                name: found.name.clone(),
                target: bind.target.clone(),
                path: bind.source.clone(),
            });
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
                from: crate::host::shown(mount.source.as_bytes()),
                to: bind.source.clone(),
            });
        }
    }
    Ok(())
}

/// All that a container was made to keep is gone: a disk that is not mounted looks like this, and a deploy onto the place where it
/// belongs would begin anew. A part of it may have been cleared on purpose, and is made again.
fn lost_data(desired: &Desired, observed: &Observed, found: &Container) -> Result<(), PlanError> {
    let kept: Vec<&String> = found
        .mounts
        .iter()
        .map(|mount| &mount.source)
        .filter(|source| {
            desired
                .directories
                .iter()
                .any(|wanted| wanted.path == **source)
        })
        .collect();
    match kept.first() {
        Some(first)
            if !kept
                .iter()
                .any(|path| observed.directories.contains_key(*path)) =>
        {
            Err(PlanError::DataGone {
                name: found.name.clone(),
                path: (*first).clone(),
            })
        }
        _ => Ok(()),
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
