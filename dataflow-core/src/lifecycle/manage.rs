//! Plans for what is deployed already: start, stop, restart and remove it as it is.

use super::{
    observed::{Containers, Origin, aside, current, is_up},
    plan::{Action, Plan},
    plan_error::PlanError,
};
use crate::{
    docker::{Container, State},
    spec::Release,
};
use std::time::Duration;

/// How long ClickHouse or the service may take to be ready where nothing is known of how it was deployed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts what is stopped: ClickHouse first, the service when ClickHouse answers.
///
/// # Errors
/// Where a container is missing or is somebody else's.
pub(super) fn start(release: &Release, containers: &Containers) -> Result<Plan, PlanError> {
    refuse_undeployed(release, containers)?;
    let mut plan = Plan::default();
    for name in [release.clickhouse_name, release.service_name] {
        let found = containers.get(name).map(|found| found.state);
        if let Some(state) = found.filter(|state| *state != State::Running) {
            start_and_await(release, &mut plan, name, format!("it is {}", state.word()));
        }
    }
    Ok(plan)
}

/// Stops what runs: the service first, so that ClickHouse has nothing left to write.
///
/// # Errors
/// Where a container is missing or is somebody else's.
pub(super) fn stop(release: &Release, containers: &Containers) -> Result<Plan, PlanError> {
    refuse_undeployed(release, containers)?;
    let mut plan = Plan::default();
    stop_all(release, containers, &mut plan);
    Ok(plan)
}

/// Stops what runs, then starts both.
///
/// # Errors
/// Where a container is missing or is somebody else's.
pub(super) fn restart(release: &Release, containers: &Containers) -> Result<Plan, PlanError> {
    refuse_undeployed(release, containers)?;
    let mut plan = Plan::default();
    stop_all(release, containers, &mut plan);
    for name in [release.clickhouse_name, release.service_name] {
        start_and_await(release, &mut plan, name, "it is restarted".to_owned());
    }
    Ok(plan)
}

/// Removes the containers and what interrupted runs have left of them. The data stays.
///
/// # Errors
/// Where a container is somebody else's.
pub(super) fn remove(release: &Release, containers: &Containers) -> Result<Plan, PlanError> {
    let mut plan = Plan::default();
    let names = [
        release.service_name.to_owned(),
        release.clickhouse_name.to_owned(),
        release.init_name.to_owned(),
        aside(release.service_name),
        aside(release.clickhouse_name),
    ];
    for found in names.iter().filter_map(|name| containers.get(name)) {
        refuse_foreign(found)?;
    }
    stop_all(release, containers, &mut plan);
    for name in names {
        if containers.contains_key(&name) {
            plan.add(Action::Remove(name), "it was asked for");
        }
    }
    Ok(plan)
}

fn stop_all(release: &Release, containers: &Containers, plan: &mut Plan) {
    for name in [release.service_name, release.clickhouse_name] {
        if containers.get(name).is_some_and(is_up) {
            plan.add(
                Action::Stop(name.to_owned(), release.stop_timeout),
                "it was asked for",
            );
        }
    }
}

fn start_and_await(release: &Release, plan: &mut Plan, name: &str, why: String) {
    plan.add(Action::Start(name.to_owned()), why.clone());
    let name = name.to_owned();
    let ready = if name == release.clickhouse_name {
        Action::AwaitClickHouse {
            name,
            patience: PATIENCE,
        }
    } else {
        Action::AwaitService {
            name,
            patience: PATIENCE,
        }
    };
    plan.add(ready, why);
}

/// That there is something to upgrade, perhaps set aside by an upgrade that was interrupted, and that it is nobody else's.
pub(super) fn refuse_upgrade(release: &Release, containers: &Containers) -> Result<(), PlanError> {
    refuse_absent_or_foreign(release, |name| current(containers, name))
}

fn refuse_undeployed(release: &Release, containers: &Containers) -> Result<(), PlanError> {
    refuse_absent_or_foreign(release, |name| containers.get(name))
}

fn refuse_absent_or_foreign<'a>(
    release: &Release,
    find: impl Fn(&str) -> Option<&'a Container>,
) -> Result<(), PlanError> {
    for name in [release.clickhouse_name, release.service_name] {
        let found = find(name).ok_or_else(|| PlanError::NotDeployed {
            name: name.to_owned(),
        })?;
        refuse_foreign(found)?;
    }
    Ok(())
}

fn refuse_foreign(found: &Container) -> Result<(), PlanError> {
    match Origin::of(found) {
        Origin::Foreign => Err(PlanError::Foreign {
            name: found.name.clone(),
            image: crate::host::shown(found.image.as_bytes()),
        }),
        _ => Ok(()),
    }
}
