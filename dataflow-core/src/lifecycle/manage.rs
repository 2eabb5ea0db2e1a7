//! Plans for what is deployed already: start, stop, restart and remove it as it is.

use super::{
    observed::{Containers, Origin, aside, current, is_up},
    plan::{Action, Plan},
    plan_error::PlanError,
    remembered::Remembered,
};
use crate::{
    docker::{Container, State},
    spec::Release,
};
use std::time::Duration;

/// How long ClickHouse and the service may take at least to be ready. Where the health check grants a longer start, that long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Starts what is stopped: ClickHouse first, the service when ClickHouse answers.
///
/// # Errors
/// Where a container is missing or is somebody else's.
pub(super) fn start(release: &Release, containers: &Containers) -> Result<Plan, PlanError> {
    refuse_undeployed(release, containers)?;
    let mut plan = Plan::default();
    let down = |name: &str| {
        let found = containers.get(name);
        found.filter(|found| found.state != State::Running)
    };
    let (clickhouse, service) = (down(release.clickhouse_name), down(release.service_name));
    if let Some(found) = clickhouse {
        start_from(release, &mut plan, found);
    } else if service.is_some() {
        // It runs, which does not mean that it answers already.
        let ready = await_ready(
            release,
            containers.get(release.clickhouse_name),
            release.clickhouse_name,
        );
        plan.add(ready, "the service needs it");
    }
    if let Some(found) = service {
        start_from(release, &mut plan, found);
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
        let found = containers.get(name);
        start_and_await(release, &mut plan, found, name, "it is restarted");
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
            let step = plan.add(Action::Remove(name.clone()), "it was asked for");
            step.settles = Some(name);
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

/// Starts a container that does not run.
fn start_from(release: &Release, plan: &mut Plan, found: &Container) {
    let why = format!("it is {}", found.state.word());
    if found.state == State::Restarting {
        // The engine takes it for started, and may let a minute pass before it really starts it.
        let stop = Action::Stop(found.name.clone(), release.stop_timeout);
        plan.add(stop, why.clone());
    }
    start_and_await(release, plan, Some(found), &found.name, &why);
}

fn start_and_await(
    release: &Release,
    plan: &mut Plan,
    found: Option<&Container>,
    name: &str,
    why: &str,
) {
    plan.add(Action::Start(name.to_owned()), why);
    plan.add(await_ready(release, found, name), why);
}

fn await_ready(release: &Release, found: Option<&Container>, name: &str) -> Action {
    let granted = found.and_then(|found| found.healthcheck.as_ref());
    let patience = granted.map_or(PATIENCE, |check| {
        PATIENCE.max(check.start_period + check.interval * check.retries)
    });
    let name = name.to_owned();
    if name == release.clickhouse_name {
        Action::AwaitClickHouse { name, patience }
    } else {
        Action::AwaitService { name, patience }
    }
}

/// That there is something to upgrade, perhaps set aside by an upgrade that was interrupted, and that it is nobody else's. Where
/// the server remembers a deployment, a container that went missing is made anew; where somebody else's are to be adopted,
/// planning judges them.
pub(super) fn refuse_upgrade(
    release: &Release,
    containers: &Containers,
    remembered: Option<&Remembered>,
    adopt: bool,
) -> Result<(), PlanError> {
    if remembered.is_some_and(|remembered| remembered.removed.is_none()) {
        for name in [release.clickhouse_name, release.service_name] {
            match current(containers, name) {
                Some(found) if !adopt => refuse_foreign(found)?,
                _ => {}
            }
        }
        return Ok(());
    }
    refuse_absent_or_foreign(release, adopt, |name| current(containers, name))
}

fn refuse_undeployed(release: &Release, containers: &Containers) -> Result<(), PlanError> {
    refuse_absent_or_foreign(release, false, |name| containers.get(name))
}

fn refuse_absent_or_foreign<'a>(
    release: &Release,
    adopt: bool,
    find: impl Fn(&str) -> Option<&'a Container>,
) -> Result<(), PlanError> {
    for name in [release.clickhouse_name, release.service_name] {
        let found = find(name).ok_or_else(|| PlanError::NotDeployed {
            name: name.to_owned(),
        })?;
        if !adopt {
            refuse_foreign(found)?;
        }
    }
    Ok(())
}

fn refuse_foreign(found: &Container) -> Result<(), PlanError> {
    match Origin::of(found) {
        Origin::Foreign => Err(PlanError::Foreign {
            name: found.name.clone(),
            image: crate::host::shown(found.image.as_bytes()),
            adoptable: false,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::spec::{HealthCheck, MANAGED_LABEL};

    const RELEASE: Release = Release::portsip();

    fn deployed(clickhouse: State, service: State) -> Containers {
        [
            (RELEASE.clickhouse_name, clickhouse),
            (RELEASE.service_name, service),
        ]
        .map(|(name, state)| {
            let container = Container {
                name: name.to_owned(),
                state,
                labels: [(MANAGED_LABEL.to_owned(), "1".to_owned())].into(),
                ..Container::default()
            };
            (name.to_owned(), container)
        })
        .into()
    }

    #[test]
    fn a_service_is_started_when_a_clickhouse_that_runs_answers_too() {
        let plan = start(&RELEASE, &deployed(State::Running, State::Exited)).unwrap();
        insta::assert_snapshot!(plan, @"
        1. wait until ClickHouse answers: the service needs it
        2. start portsip.dataflow: it is stopped
        3. see portsip.dataflow keep running: it is stopped
        ");
    }

    #[test]
    fn what_ends_again_and_again_is_started_at_once() {
        let plan = start(&RELEASE, &deployed(State::Restarting, State::Running)).unwrap();
        insta::assert_snapshot!(plan, @"
        1. stop portsip.clickhouse: it is restarting
        2. start portsip.clickhouse: it is restarting
        3. wait until ClickHouse answers: it is restarting
        ");
    }

    #[test]
    fn a_longer_start_that_the_health_check_grants_is_granted_here_too() {
        let mut containers = deployed(State::Running, State::Running);
        let clickhouse = containers.get_mut(RELEASE.clickhouse_name).unwrap();
        clickhouse.healthcheck = Some(HealthCheck {
            command: Vec::new(),
            interval: Duration::from_secs(10),
            timeout: Duration::from_secs(3),
            retries: 3,
            start_period: Duration::from_secs(600),
        });
        let plan = restart(&RELEASE, &containers).unwrap();
        let patience = plan.steps.iter().filter_map(|step| match step.action {
            Action::AwaitClickHouse { patience, .. } | Action::AwaitService { patience, .. } => {
                Some(patience.as_secs())
            }
            _ => None,
        });
        assert_eq!(patience.collect::<Vec<_>>(), [630, 120]);
    }
}
