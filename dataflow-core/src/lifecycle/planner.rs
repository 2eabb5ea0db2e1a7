//! Works out the plan from what is wanted and what is there. Nothing here reads or changes anything.

use super::{
    desired::Desired,
    directories, images,
    need::{Need, Repair, Replace},
    observed::{Observed, Origin, aside, current, is_up},
    plan::{Action, Plan, Pulls, Step},
    plan_error::PlanError,
    refuse, refuse_image, token, whitelist,
};
use crate::{
    docker::{Image, State},
    spec::ContainerSpec,
};

/// The steps that make `observed` into `desired`.
///
/// Where images are missing, or `pulls` asks for them, the steps only fetch: what they are decides the rest, and nothing that runs is
/// touched before they are there and fit. What comes after that is the forecast: an image that is not there yet counts as another one
/// than that of any container, and one that is fetched again as the one that is there.
///
/// # Errors
/// Where something on the server stands in the way. Nothing was changed.
pub fn plan(desired: &Desired, observed: &Observed, pulls: Pulls) -> Result<Plan, PlanError> {
    refuse::foreign(desired, observed)?;
    refuse::taken_ports(desired, observed)?;
    refuse::files_in_the_way(desired, observed)?;
    let fetching = images::fetch(desired, observed, pulls)?;
    let plan = Planner::new(desired, observed, &fetching)?.plan();
    if fetching.is_empty() {
        return Ok(plan);
    }
    Ok(Plan {
        forecast: plan.steps,
        ..fetching
    })
}

struct Planner<'a> {
    desired: &'a Desired,
    observed: &'a Observed,
    plan: Plan,
    clickhouse: Need,
    service: Need,
    /// What is mended on containers as they are.
    repairs: Vec<(String, Repair)>,
    /// Why the database has to be prepared, if it has to.
    initialise: Option<String>,
}

impl<'a> Planner<'a> {
    fn new(
        desired: &'a Desired,
        observed: &'a Observed,
        fetching: &Plan,
    ) -> Result<Self, PlanError> {
        let mut repairs = Vec::new();
        let mut judge = |wanted: &ContainerSpec| {
            let image = images::known(wanted, observed, fetching)?;
            // What is fetched is judged when it is there.
            if let Some(image) = image.filter(|_| !images::is_fetched(wanted, fetching)) {
                refuse_image::unfit(desired, observed, wanted, image)?;
            }
            let found = current(&observed.containers, &wanted.name);
            let found = found.map(|found| desired.as_remembered(found, observed));
            let (need, repair) = Need::of(wanted, image, found.as_deref());
            let anew = found
                .as_deref()
                .filter(|_| wanted.name == desired.service.name)
                .and_then(|found| Some((found, token::why_anew(desired, observed, found)?)));
            let need = match anew {
                Some((found, why)) => need.or_replaced(found, why),
                None => need,
            };
            repairs.extend(repair.map(|repair| (wanted.name.clone(), repair)));
            Ok::<_, PlanError>((need, image))
        };
        let (clickhouse, _) = judge(&desired.clickhouse)?;
        let (service, image) = judge(&desired.service)?;
        Ok(Self {
            clickhouse,
            service,
            repairs,
            initialise: why_initialise(desired, observed, image),
            desired,
            observed,
            plan: Plan::default(),
        })
    }

    fn plan(mut self) -> Plan {
        whitelist::steps(self.desired, self.observed, &mut self.plan);
        self.directories();
        token::step(self.desired, self.observed, &mut self.plan);
        self.clear_remains();
        self.repair();
        self.await_running_clickhouse();
        self.stop_service();
        self.clickhouse();
        let (replaced, made) = (self.clickhouse.is_kept(), self.clickhouse.makes());
        self.drop_predecessor(&self.desired.clickhouse.name, replaced, made);
        if let Some(why) = &self.initialise {
            let release = &self.desired.release;
            let container = release.init(&self.desired.spec);
            self.plan
                .add(Action::Initialise(Box::new(container)), why.clone());
        }
        self.service();
        let (replaced, made) = (self.service.is_kept(), self.service.makes());
        self.drop_predecessor(&self.desired.service.name, replaced, made);
        self.plan
    }

    fn directories(&mut self) {
        let wrong = directories::wrong(self.desired, self.observed);
        if !wrong.directories.is_empty() {
            let why = wrong.causes.join("; ");
            let step = self.plan.add(Action::Directories(wrong.directories), why);
            step.changes = wrong.changes;
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

    /// What needs no restart comes first: the container's next start is as wanted whatever happens after this.
    fn repair(&mut self) {
        for (name, repair) in std::mem::take(&mut self.repairs) {
            let update = Action::Update(name, repair.updates);
            self.plan.add(update, repair.why).changes = repair.changes;
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
        let found = current(&self.observed.containers, name);
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
        let up = current(&self.observed.containers, name).is_some_and(is_up);
        let why = match (&self.service, &self.clickhouse, &self.initialise) {
            (Need::Replace(_), ..) => "it is replaced",
            (_, Need::Replace(_), _) => "ClickHouse is replaced",
            (_, _, Some(_)) => "the database is prepared anew",
            _ => return,
        };
        if up {
            let patience = self.desired.release.stop_timeout;
            let step = self.plan.add(Action::Stop(name.clone(), patience), why);
            way_back_from_stop(step, name, self.service.vanishes());
        }
    }

    fn clickhouse(&mut self) {
        let desired = self.desired;
        let name = desired.clickhouse.name.clone();
        let was_up = current(&self.observed.containers, &name).is_some_and(is_up);
        match &self.clickhouse {
            Need::Nothing => return,
            Need::Start(why) => self.start(&name, &why.clone()),
            Need::Make(why) => {
                make_clickhouse(&mut self.plan, &desired.clickhouse, why);
            }
            Need::Replace(replace) => {
                if was_up {
                    let patience = desired.release.stop_timeout;
                    let stop = Action::Stop(name.clone(), patience);
                    let step = self.plan.add(stop, "it is replaced");
                    way_back_from_stop(step, &name, replace.vanishes);
                }
                clear_name(&mut self.plan, &name, replace);
                let changes = replace.changes.clone();
                make_clickhouse(&mut self.plan, &desired.clickhouse, &replace.why).changes =
                    changes;
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
            Need::Make(why) => {
                make(&mut self.plan, &desired.service, why);
            }
            Need::Replace(replace) => {
                clear_name(&mut self.plan, &name, replace);
                let changes = replace.changes.clone();
                make(&mut self.plan, &desired.service, &replace.why).changes = changes;
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
fn why_initialise(desired: &Desired, observed: &Observed, image: Option<&Image>) -> Option<String> {
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
            Some(found) if image.is_none_or(|image| image.id != found.image_id) => {
                Some("the service comes from another image".to_owned())
            }
            Some(_) => None,
        }
    }
}

/// What puts a container back that is stopped to be replaced or for another one.
fn way_back_from_stop(step: &mut Step, name: &str, vanishes: bool) {
    if vanishes {
        step.settles = Some(name.to_owned());
    } else {
        step.undo = Some(Action::Start(name.to_owned()));
    }
}

/// Makes a container's name free for its successor.
fn clear_name(plan: &mut Plan, name: &str, replace: &Replace) {
    if replace.vanishes {
        let why = "it was made to be removed when it stops";
        let step = plan.add(Action::Remove(name.to_owned()), why);
        step.settles = Some(name.to_owned());
        return;
    }
    let step = plan.add(
        Action::SetAside(name.to_owned()),
        "it is kept until its successor works",
    );
    step.undo = Some(Action::PutBack(name.to_owned()));
}

/// Makes a container and starts it. Gives the step that makes it.
fn make<'a>(plan: &'a mut Plan, container: &ContainerSpec, why: &str) -> &'a mut Step {
    let at = plan.steps.len();
    let step = plan.add(Action::Create(Box::new(container.clone())), why);
    step.undo = Some(Action::Remove(container.name.clone()));
    plan.add(Action::Start(container.name.clone()), "it was just made");
    // Never out of bounds: it was pushed just now.
    &mut plan.steps[at]
}

/// As [`make`]. Removing a container kills it, and ClickHouse may be at work on the data, so it is stopped before that.
fn make_clickhouse<'a>(plan: &'a mut Plan, container: &ContainerSpec, why: &str) -> &'a mut Step {
    let at = plan.steps.len();
    make(plan, container, why);
    if let Some(start) = plan.steps.last_mut() {
        let stop = Action::Stop(container.name.clone(), container.stop_timeout);
        start.undo = Some(stop);
    }
    &mut plan.steps[at]
}
