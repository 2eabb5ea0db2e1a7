//! One Data Flow server, and all that can be done with it.

use std::{sync::Once, time::Instant};

use super::{
    Approve, Control, clickhouse, deployed,
    desired::Desired,
    error::LifecycleError,
    events::Event,
    execute::Executor,
    install_docker::{self, DockerSource},
    logs::{LogOf, LogQuery, Logs},
    manage, observe,
    observed::{Containers, Observed},
    plan::{Action, Plan, Pulls},
    plan_error::PlanError,
    planner::plan,
    status::{self, Status},
};
use crate::{
    docker::{DockerError, Engine, LogRange},
    host::Host,
    spec::{Pull, Release, Settings, Spec, Target},
};

/// One Data Flow server: one SSH session (or the local machine) and its Docker Engine.
pub struct Server {
    host: Host,
    engine: Engine,
    release: Release,
    control: Control,
    opened: Instant,
    clock_told: Once,
}

/// What an operation came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// Whether anything had to be done.
    pub changed: bool,
    /// The steps that were done, in order.
    pub steps: Vec<String>,
    /// The directory on the server that holds the data, where it is known. No operation deletes it.
    pub data_path: Option<String>,
}

impl Server {
    /// Reaches a server and its Docker Engine. Nothing is changed.
    ///
    /// # Errors
    /// Where it can't be reached or signed in to, or Docker doesn't answer.
    pub async fn open(target: &Target, control: Control) -> Result<Self, LifecycleError> {
        let host = Host::connect(&target.address, &target.sign_in).await?;
        let engine = Engine::connect(&host).await?;
        Ok(Self::over(host, engine, control))
    }

    /// The same; where there is no Docker, it is installed first, if that is approved.
    ///
    /// # Errors
    /// As [`Server::open`]; and where Docker can't be installed.
    pub async fn open_with_docker(
        target: &Target,
        control: Control,
        source: DockerSource,
    ) -> Result<Self, LifecycleError> {
        let host = Host::connect(&target.address, &target.sign_in).await?;
        let engine = match Engine::connect(&host).await {
            Err(DockerError::NotInstalled { .. }) => {
                install_docker::install(&host, &control, source).await?
            }
            engine => engine?,
        };
        Ok(Self::over(host, engine, control))
    }

    fn over(host: Host, engine: Engine, control: Control) -> Self {
        control.events.tell(Event::Connected {
            server: host.label(),
            docker: engine.release().to_owned(),
        });
        Self {
            host,
            engine,
            release: Release::portsip(),
            control,
            opened: Instant::now(),
            clock_told: Once::new(),
        }
    }

    /// What is running, asked without changing anything and without a command on the server.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn status(&self) -> Result<Status, LifecycleError> {
        let containers = observe::containers(&self.engine, &self.release).await?;
        Ok(status::status(&self.host, &self.engine, &self.release, &containers).await)
    }

    /// What the containers have written, and, where that is asked for, what they write from now on.
    ///
    /// # Errors
    /// Where what was asked for is not deployed, or the engine gives no answer.
    pub async fn logs(&self, query: LogQuery) -> Result<Logs, LifecycleError> {
        let containers = observe::containers(&self.engine, &self.release).await?;
        let (clickhouse, service) = (self.release.clickhouse_name, self.release.service_name);
        let names = match query.only {
            Some(LogOf::ClickHouse) => vec![clickhouse],
            Some(LogOf::Service) => vec![service],
            None => vec![clickhouse, service],
        };
        if let Some(name) = names.last()
            && !names.iter().any(|name| containers.contains_key(*name))
        {
            return Err(self.in_the_way(PlanError::NotDeployed {
                name: (*name).to_owned(),
            }));
        }
        let range = LogRange {
            since: match query.since {
                Some(since) => Some(since.moment(&self.engine).await?),
                None => None,
            },
            last: query.last,
            follow: query.follow,
        };
        let password = deployed::password(&self.release, &containers).unwrap_or_default();
        Ok(Logs::read(
            &self.engine,
            &names,
            range,
            query.grep,
            &password,
        ))
    }

    /// What [`Server::run`] would do.
    ///
    /// # Errors
    /// Where something stands in the way, or the server could not be looked at.
    pub async fn plan(&self, spec: &Spec) -> Result<Plan, LifecycleError> {
        Ok(self.look_and_plan(spec, spec.pull().into()).await?.1)
    }

    /// Deploys, or brings what is deployed to `spec`. Touches only what differs, and nothing if all is as wanted.
    ///
    /// # Errors
    /// Where something stands in the way, before anything is touched; where a step fails, after what can be put back was put
    /// back.
    pub async fn run(&self, spec: &Spec) -> Result<Report, LifecycleError> {
        self.converge(spec, spec.pull().into()).await
    }

    /// Brings what is deployed to what `changes` say; what they don't mention stays as it was deployed.
    ///
    /// Images whose name changes are fetched, and both where neither does: a tag may stand for a newer image by now.
    ///
    /// # Errors
    /// As [`Server::run`]; and where nothing is deployed.
    pub async fn upgrade(&self, changes: &Settings) -> Result<Report, LifecycleError> {
        let containers = observe::containers(&self.engine, &self.release).await?;
        manage::refuse_upgrade(&self.release, &containers)
            .map_err(|error| self.in_the_way(error))?;
        let deployed = deployed::settings(&self.release, &containers);
        let settings = changes.clone().or(deployed.clone());
        let pulls = match settings.pull {
            Some(pull) => pull.into(),
            None => upgrade_pulls(&settings, &deployed),
        };
        self.converge(&settings.spec()?, pulls).await
    }

    /// Starts what is stopped.
    ///
    /// # Errors
    /// Where nothing is deployed, or a step fails.
    pub async fn start(&self) -> Result<Report, LifecycleError> {
        self.manage(manage::start).await
    }

    /// Stops what runs, giving it up to five minutes to end.
    ///
    /// # Errors
    /// Where nothing is deployed, or a step fails.
    pub async fn stop(&self) -> Result<Report, LifecycleError> {
        self.manage(manage::stop).await
    }

    /// Stops what runs and starts it again.
    ///
    /// # Errors
    /// Where nothing is deployed, or a step fails.
    pub async fn restart(&self) -> Result<Report, LifecycleError> {
        self.manage(manage::restart).await
    }

    /// Removes the containers and keeps the data.
    ///
    /// # Errors
    /// Where a container is somebody else's, or a step fails.
    pub async fn remove(&self) -> Result<Report, LifecycleError> {
        self.manage_if(manage::remove, &self.control.approve).await
    }

    /// Ends the session.
    pub async fn close(self) {
        self.host.close().await;
    }

    async fn look_and_plan(
        &self,
        spec: &Spec,
        pulls: Pulls,
    ) -> Result<(Desired, Plan), LifecycleError> {
        let observed = observe::observe(&self.host, &self.engine, &self.release, spec).await?;
        self.warn_of_clock(&observed);
        let known = observed
            .password
            .clone()
            .or_else(|| deployed::password(&self.release, &observed.containers));
        let desired = Desired::new(spec, &self.release, known.as_ref());
        let plan = plan(&desired, &observed, pulls).map_err(|error| self.in_the_way(error))?;
        self.control.events.tell(Event::Planned {
            plan: plan.summary(),
        });
        Ok((desired, plan))
    }

    /// Once: the server is looked at several times.
    fn warn_of_clock(&self, observed: &Observed) {
        if let Some(skew) = observed.clock.filter(|skew| skew.is_off()) {
            self.clock_told.call_once(|| {
                let text = format!(
                    "the clock of {} is {skew}, measured by this machine's: the times of calls will be wrong; set it, and have chrony or systemd-timesyncd keep it right",
                    self.host.label()
                );
                self.control.events.tell(Event::Warning { text });
            });
        }
    }

    async fn converge(&self, spec: &Spec, pulls: Pulls) -> Result<Report, LifecycleError> {
        let mut done = Vec::new();
        let (mut desired, mut plan) = self.look_and_plan(spec, pulls).await?;
        self.approved(&plan, &self.control.approve).await?;
        if plan.only_fetches() {
            self.execute(&desired, &plan, &mut done).await?;
            (desired, plan) = self.look_and_plan(spec, Pull::Never.into()).await?;
        }
        if !plan.is_empty() {
            self.execute(&desired, &plan, &mut done).await?;
            let (_, left) = self.look_and_plan(spec, Pull::Never.into()).await?;
            if let Some(step) = left.steps.first() {
                return Err(self.not_as_wanted(format!(
                    "everything was done, and yet it is needed to {}: {}",
                    step.action, step.why
                )));
            }
        }
        self.see_answer(&desired).await?;
        Ok(self.report(done, Some(spec.data_path().to_string())))
    }

    async fn execute(
        &self,
        desired: &Desired,
        plan: &Plan,
        done: &mut Vec<String>,
    ) -> Result<(), LifecycleError> {
        Executor::of(&self.host, &self.engine, &self.control, desired)
            .execute(plan)
            .await?;
        done.extend(plan.steps.iter().map(|step| step.action.to_string()));
        Ok(())
    }

    /// Asks ClickHouse with the password that the service uses. After a reboot it may take its time.
    async fn see_answer(&self, desired: &Desired) -> Result<(), LifecycleError> {
        let (port, user) = (
            self.release.clickhouse_http_port,
            self.release.clickhouse_user,
        );
        match clickhouse::summary(&self.host, port, user, &desired.password).await {
            Ok(_) | Err(clickhouse::NoAnswer::NoWay(_)) => Ok(()),
            Err(clickhouse::NoAnswer::Silent(_)) => {
                let mut plan = Plan::default();
                let ready = Action::AwaitClickHouse {
                    name: desired.clickhouse.name.clone(),
                    patience: desired.release.patience(&desired.spec),
                };
                plan.add(ready, "it runs, but does not answer yet");
                self.control.events.tell(Event::Planned {
                    plan: plan.summary(),
                });
                self.execute(desired, &plan, &mut Vec::new()).await
            }
            Err(why) => Err(self.not_as_wanted(format!(
                "the containers are as wanted, but ClickHouse does not work: {why}"
            ))),
        }
    }

    async fn manage(
        &self,
        make: impl FnOnce(&Release, &Containers) -> Result<Plan, PlanError>,
    ) -> Result<Report, LifecycleError> {
        self.manage_if(make, &Approve::default()).await
    }

    async fn manage_if(
        &self,
        make: impl FnOnce(&Release, &Containers) -> Result<Plan, PlanError>,
        approve: &Approve,
    ) -> Result<Report, LifecycleError> {
        let containers = observe::containers(&self.engine, &self.release).await?;
        let plan = make(&self.release, &containers).map_err(|error| self.in_the_way(error))?;
        self.control.events.tell(Event::Planned {
            plan: plan.summary(),
        });
        self.approved(&plan, approve).await?;
        let password = deployed::password(&self.release, &containers).unwrap_or_default();
        let executor = Executor {
            host: &self.host,
            engine: &self.engine,
            release: &self.release,
            control: &self.control,
            registry: None,
            password: &password,
        };
        executor.execute(&plan).await?;
        let done = plan.steps.iter().map(|step| step.action.to_string());
        let data_path = deployed::settings(&self.release, &containers).data_path;
        Ok(self.report(done.collect(), data_path.map(|path| path.to_string())))
    }

    /// Has a plan that is not empty approved.
    async fn approved(&self, plan: &Plan, approve: &Approve) -> Result<(), LifecycleError> {
        if plan.is_empty() || approve.approves(plan.summary()).await {
            return Ok(());
        }
        Err(LifecycleError::Declined {
            host: self.host.label(),
        })
    }

    fn report(&self, steps: Vec<String>, data_path: Option<String>) -> Report {
        let changed = !steps.is_empty();
        self.control.events.tell(Event::Finished {
            changed,
            elapsed: self.opened.elapsed(),
        });
        Report {
            server: self.host.label(),
            changed,
            steps,
            data_path,
        }
    }

    fn in_the_way(&self, error: PlanError) -> LifecycleError {
        LifecycleError::Plan {
            host: self.host.label(),
            error,
        }
    }

    fn not_as_wanted(&self, problem: String) -> LifecycleError {
        LifecycleError::NotAsWanted {
            host: self.host.label(),
            problem,
        }
    }
}

/// Which images an upgrade fetches though they are there: those whose name changes, so that the other container is not
/// replaced unasked; both where neither does.
fn upgrade_pulls(wanted: &Settings, deployed: &Settings) -> Pulls {
    let clickhouse = wanted.clickhouse_image != deployed.clickhouse_image;
    let service = wanted.image != deployed.image;
    let pull = |changes: bool| {
        if changes || clickhouse == service {
            Pull::Always
        } else {
            Pull::Missing
        }
    };
    Pulls {
        clickhouse: pull(clickhouse),
        service: pull(service),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_upgrade_fetches_what_changes_and_everything_where_nothing_does() {
        let deployed = Settings {
            image: "portsip/pbx:22".parse().ok(),
            clickhouse_image: "portsip/clickhouse:25.8".parse().ok(),
            ..Settings::default()
        };
        let cases = [
            (None, None, Pull::Always, Pull::Always),
            (Some("portsip/pbx:22.4"), None, Pull::Missing, Pull::Always),
            (
                None,
                Some("portsip/clickhouse:26.3"),
                Pull::Always,
                Pull::Missing,
            ),
            (
                Some("portsip/pbx:22.4"),
                Some("portsip/clickhouse:26.3"),
                Pull::Always,
                Pull::Always,
            ),
        ];
        for (image, clickhouse_image, clickhouse, service) in cases {
            let changes = Settings {
                image: image.map(|image| image.parse().unwrap()),
                clickhouse_image: clickhouse_image.map(|image| image.parse().unwrap()),
                ..Settings::default()
            };
            let pulls = upgrade_pulls(&changes.or(deployed.clone()), &deployed);
            assert_eq!(
                pulls,
                Pulls {
                    clickhouse,
                    service
                },
                "{image:?} {clickhouse_image:?}"
            );
        }
    }
}
