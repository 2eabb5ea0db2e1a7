//! Works out the plan from what is wanted and what is there. Nothing here reads or changes anything.

use super::{
    compare::differences,
    desired::Desired,
    observed::{Observed, Origin, aside, current, is_up},
    plan::{Action, Plan, Pulls},
    plan_error::PlanError,
    refuse,
};
use crate::{
    docker::{Container, Image, State},
    spec::{ContainerSpec, Pull},
};

/// The steps that make `observed` into `desired`.
///
/// Where images are missing, or `pulls` asks for them, the plan only fetches: what they are decides the rest, and nothing
/// that runs is touched before they are there and fit.
///
/// # Errors
/// Where something on the server stands in the way. Nothing was changed.
pub fn plan(desired: &Desired, observed: &Observed, pulls: Pulls) -> Result<Plan, PlanError> {
    refuse::foreign(desired, observed)?;
    refuse::taken_ports(desired, observed)?;
    refuse::files_in_the_way(desired, observed)?;
    let fetching = fetch(desired, observed, pulls)?;
    if !fetching.is_empty() {
        return Ok(fetching);
    }
    Planner::new(desired, observed)?.plan()
}

fn fetch(desired: &Desired, observed: &Observed, pulls: Pulls) -> Result<Plan, PlanError> {
    let mut plan = Plan::default();
    for (container, pull) in [
        (&desired.clickhouse, pulls.clickhouse),
        (&desired.service, pulls.service),
    ] {
        let image = &container.image;
        let present = observed.images.contains_key(&image.to_string());
        let why = match (pull, present) {
            (Pull::Never, false) => {
                return Err(PlanError::ImageMissing {
                    image: image.clone(),
                });
            }
            (Pull::Never | Pull::Missing, true) => continue,
            (_, false) => "it is not on the server",
            (Pull::Always, true) => "its tag may stand for a newer image",
        };
        let action = Action::Fetch(image.clone());
        if !plan.steps.iter().any(|step| step.action == action) {
            plan.add(action, why);
        }
    }
    Ok(plan)
}

/// What has to happen to one container.
enum Need {
    Nothing,
    Start(String),
    Make(String),
    Replace(String),
}

impl Need {
    fn of(wanted: &ContainerSpec, image: &Image, found: Option<&Container>) -> Self {
        let Some(found) = found else {
            return Self::Make("there is no such container".to_owned());
        };
        let causes = differences(wanted, image, found);
        if !causes.is_empty() {
            Self::Replace(causes.join("; "))
        } else if found.state == State::Running {
            Self::Nothing
        } else {
            Self::Start(format!("it is {}", found.state.word()))
        }
    }

    fn replaces(&self) -> bool {
        matches!(self, Self::Replace(_))
    }

    fn makes(&self) -> bool {
        matches!(self, Self::Make(_) | Self::Replace(_))
    }
}

struct Planner<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    plan: Plan,
    clickhouse: Need,
    service: Need,
    /// Why the database has to be prepared, if it has to.
    initialise: Option<String>,
}

impl<'a> Planner<'a> {
    fn new(desired: &'a Desired, observed: &'a Observed) -> Result<Self, PlanError> {
        let image_of = |container: &ContainerSpec| {
            observed
                .images
                .get(&container.image.to_string())
                .ok_or_else(|| PlanError::ImageMissing {
                    image: container.image.clone(),
                })
        };
        let clickhouse_image = image_of(&desired.clickhouse)?;
        let service_image = image_of(&desired.service)?;
        let release = &desired.release;
        let label = service_image.labels.get(release.version_label);
        release.image_version(&desired.service.image, label.map(String::as_str))?;
        if !desired.spec.allows_downgrade() {
            refuse::downgrade(desired, observed, &desired.clickhouse, clickhouse_image)?;
            refuse::downgrade(desired, observed, &desired.service, service_image)?;
        }

        let planner = Self {
            clickhouse: Need::of(
                &desired.clickhouse,
                clickhouse_image,
                current(&observed.containers, &desired.clickhouse.name),
            ),
            service: Need::of(
                &desired.service,
                service_image,
                current(&observed.containers, &desired.service.name),
            ),
            initialise: why_initialise(desired, observed, service_image),
            desired,
            observed,
            plan: Plan::default(),
        };
        Ok(planner)
    }

    fn plan(mut self) -> Result<Plan, PlanError> {
        self.directories();
        self.clear_remains();
        self.await_running_clickhouse();
        self.stop_service();
        self.clickhouse();
        let (replaced, made) = (self.clickhouse.replaces(), self.clickhouse.makes());
        self.drop_predecessor(&self.desired.clickhouse.name, replaced, made);
        if let Some(why) = &self.initialise {
            let release = &self.desired.release;
            let container = release.init(&self.desired.spec);
            self.plan
                .add(Action::Initialise(Box::new(container)), why.clone());
        }
        self.service();
        let (replaced, made) = (self.service.replaces(), self.service.makes());
        self.drop_predecessor(&self.desired.service.name, replaced, made);
        Ok(self.plan)
    }

    fn directories(&mut self) {
        let mut causes = Vec::new();
        let mut wrong = Vec::new();
        for wanted in &self.desired.directories {
            let cause = match self.observed.directories.get(&wanted.path) {
                None => "not there".to_owned(),
                Some(found) => {
                    // Only a directory with an owner of its own has owner and mode kept: the images see to the others.
                    let Some(owner) = wanted.owner else { continue };
                    if owner != found.owner {
                        format!(
                            "{} belongs to {}:{}",
                            wanted.path, found.owner.uid, found.owner.gid
                        )
                    } else if wanted.mode != found.mode {
                        format!("{} has mode {:o}", wanted.path, found.mode)
                    } else {
                        continue;
                    }
                }
            };
            if !causes.contains(&cause) {
                causes.push(cause);
            }
            wrong.push(wanted.clone());
        }
        if !wrong.is_empty() {
            self.plan.add(Action::Directories(wrong), causes.join("; "));
        }
    }

    /// What an interrupted run left behind.
    fn clear_remains(&mut self) {
        let init = self.desired.release.init_name;
        if let Some(found) = self.observed.containers.get(init) {
            let why = "it was left behind by an interrupted run";
            // Ours ends by itself, and may be rewriting tables; the vendor's sleeps for ever.
            if found.state == State::Running && Origin::of(found) == Origin::Ours {
                self.plan.add(Action::AwaitEnd(init.to_owned()), why);
            }
            self.plan.add(Action::Remove(init.to_owned()), why);
        }
        for (wanted, need) in [
            (&self.desired.clickhouse, &self.clickhouse),
            (&self.desired.service, &self.service),
        ] {
            let there = |name: &str| self.observed.containers.contains_key(name);
            let aside = aside(&wanted.name);
            if !there(&aside) {
                continue;
            }
            if !there(&wanted.name) {
                let why = "an interrupted run had set it aside";
                self.plan.add(Action::PutBack(wanted.name.clone()), why);
            } else if need.makes() {
                let why = "it was left behind by an interrupted run";
                self.plan.add(Action::Remove(aside), why);
            }
        }
    }

    /// A server that runs may still be loading its data: nothing is stopped or prepared for it before it answers.
    fn await_running_clickhouse(&mut self) {
        let needed = !matches!(self.service, Need::Nothing) || self.initialise.is_some();
        if needed && matches!(self.clickhouse, Need::Nothing) {
            let ready = self.clickhouse_ready();
            self.plan.add(ready, "the service needs it");
        }
    }

    fn clickhouse_ready(&self) -> Action {
        Action::AwaitClickHouse {
            name: self.desired.clickhouse.name.clone(),
            patience: self.desired.release.patience(&self.desired.spec),
        }
    }

    /// Starts a container that does not run.
    fn start(&mut self, name: &str, why: &str) {
        let found = self.observed.containers.get(name);
        if found.is_some_and(|found| found.state == State::Restarting) {
            // The engine takes it for started, and may let a minute pass before it really starts it.
            let stop = Action::Stop(name.to_owned(), self.desired.release.stop_timeout);
            self.plan.add(stop, why);
        }
        self.plan.add(Action::Start(name.to_owned()), why);
    }

    /// The service does not run while its database is replaced or prepared, nor while it is replaced itself.
    fn stop_service(&mut self) {
        let name = &self.desired.service.name;
        let up = self.observed.containers.get(name).is_some_and(is_up);
        let why = match (&self.service, &self.clickhouse, &self.initialise) {
            (Need::Replace(_), ..) => "it is replaced",
            (_, Need::Replace(_), _) => "ClickHouse is replaced",
            (_, _, Some(_)) => "the database is prepared anew",
            _ => return,
        };
        if up {
            let patience = self.desired.release.stop_timeout;
            let step = self.plan.add(Action::Stop(name.clone(), patience), why);
            step.undo = Some(Action::Start(name.clone()));
        }
    }

    fn clickhouse(&mut self) {
        let desired = self.desired;
        let name = desired.clickhouse.name.clone();
        let was_up = self.observed.containers.get(&name).is_some_and(is_up);
        match &self.clickhouse {
            Need::Nothing => return,
            Need::Start(why) => self.start(&name, &why.clone()),
            Need::Make(why) => make_clickhouse(&mut self.plan, &desired.clickhouse, why),
            Need::Replace(why) => {
                if was_up {
                    let patience = desired.release.stop_timeout;
                    let stop = Action::Stop(name.clone(), patience);
                    let step = self.plan.add(stop, "it is replaced");
                    step.undo = Some(Action::Start(name.clone()));
                }
                set_aside(&mut self.plan, &name);
                make_clickhouse(&mut self.plan, &desired.clickhouse, why);
            }
        }
        let ready = self.clickhouse_ready();
        let step = self.plan.add(ready, "the service needs it");
        // Once the new server has written to the data, the old one may not read it any more.
        if matches!(self.clickhouse, Need::Replace(_)) {
            step.settles = Some(name);
        }
    }

    fn service(&mut self) {
        let desired = self.desired;
        let name = desired.service.name.clone();
        let stopped = self
            .plan
            .steps
            .iter()
            .any(|step| matches!(&step.action, Action::Stop(stopped, _) if *stopped == name));
        match &self.service {
            Need::Nothing | Need::Start(_) if stopped => {
                self.plan
                    .add(Action::Start(name.clone()), "it was stopped for this");
            }
            Need::Nothing => return,
            Need::Start(why) => self.start(&name, &why.clone()),
            Need::Make(why) => make(&mut self.plan, &desired.service, why),
            Need::Replace(why) => {
                set_aside(&mut self.plan, &name);
                make(&mut self.plan, &desired.service, why);
            }
        }
        let patience = desired.release.patience(&desired.spec);
        let steady = Action::AwaitService { name, patience };
        self.plan.add(steady, "a start alone proves nothing");
    }

    /// Takes away the container that a new one has replaced. ClickHouse's goes as soon as there is no way back to it, so
    /// that a failure after that leaves none behind.
    fn drop_predecessor(&mut self, name: &str, replaced: bool, made: bool) {
        let aside = aside(name);
        let there = |name: &str| self.observed.containers.contains_key(name);
        if replaced {
            let step = self.plan.add(Action::Remove(aside), "its successor works");
            step.settles = Some(name.to_owned());
        } else if !made && there(&aside) && there(name) {
            let why = "it was left behind by an interrupted run";
            self.plan.add(Action::Remove(aside), why);
        }
    }
}

/// Why the service's own program has to prepare the database. It is done before the service's container is made, so a
/// container made from the wanted image shows that it was done.
fn why_initialise(desired: &Desired, observed: &Observed, image: &Image) -> Option<String> {
    let found = current(&observed.containers, &desired.service.name);
    let data = desired.clickhouse.binds.iter().any(|bind| {
        desired.directories.iter().any(|d| d.path == bind.source)
            && !observed.directories.contains_key(&bind.source)
    });
    if observed.password.is_none() {
        Some("the service has no password for it yet".to_owned())
    } else if data {
        Some("its data is not there".to_owned())
    } else {
        match found {
            None => Some("the service was not there".to_owned()),
            Some(found) if found.image_id != image.id => {
                Some("the service comes from another image".to_owned())
            }
            Some(_) => None,
        }
    }
}

fn set_aside(plan: &mut Plan, name: &str) {
    let step = plan.add(
        Action::SetAside(name.to_owned()),
        "it is kept until its successor works",
    );
    step.undo = Some(Action::PutBack(name.to_owned()));
}

fn make(plan: &mut Plan, container: &ContainerSpec, why: &str) {
    let step = plan.add(Action::Create(Box::new(container.clone())), why);
    step.undo = Some(Action::Remove(container.name.clone()));
    plan.add(Action::Start(container.name.clone()), "it was just made");
}

/// As [`make`]. Removing a container kills it, and ClickHouse may be at work on the data, so it is stopped before that.
fn make_clickhouse(plan: &mut Plan, container: &ContainerSpec, why: &str) {
    make(plan, container, why);
    if let Some(start) = plan.steps.last_mut() {
        let stop = Action::Stop(container.name.clone(), container.stop_timeout);
        start.undo = Some(stop);
    }
}

#[cfg(test)]
#[path = "planner_tests.rs"]
mod tests;
