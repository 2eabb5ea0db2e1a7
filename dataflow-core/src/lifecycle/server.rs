//! One Data Flow server, and all that can be done with it.

use std::{sync::Once, time::Instant};

use super::{
    Approve, Control, clickhouse, deployed,
    desired::Desired,
    error::LifecycleError,
    events::Event,
    execute::Executor,
    install_docker::{self, DockerSource},
    journal::RunId,
    lock::Lease,
    logs::{LogOf, LogQuery, Logs},
    manage, observe,
    observed::{Containers, Observed},
    operation::Operation,
    plan::{Action, Plan, Pulls},
    plan_error::PlanError,
    planner::plan,
    records,
    remembered::{DeployedSettings, Remembered},
    status::{self, Status},
    summary::PlanSummary,
    upgrade,
};
use crate::{
    docker::{DockerError, Engine, LogRange},
    host::Host,
    spec::{Pull, Release, Settings, Spec, Target},
};

/// The verb that removes the containers.
const REMOVE: &str = "rm";

/// One Data Flow server: one SSH session (or the local machine) and its Docker Engine.
pub struct Server {
    host: Host,
    engine: Engine,
    release: Release,
    control: Control,
    opened: Instant,
    clock_told: Once,
}

/// What was seen, and what follows from it.
struct Look {
    observed: Observed,
    desired: Desired,
    plan: Plan,
}

impl Look {
    fn summary(&self) -> PlanSummary {
        let remembered = self.observed.remembered.as_ref();
        PlanSummary {
            changed_settings: remembered
                .map(|remembered| remembered.changed_by(&self.desired.spec))
                .unwrap_or_default(),
            ..self.plan.summary()
        }
    }
}

/// What an operation came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// The run, as the journal names it, where anything had to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
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

    /// The server, as `user@host` or `local`.
    pub fn label(&self) -> String {
        self.host.label()
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
    pub async fn plan(&self, spec: &Spec) -> Result<PlanSummary, LifecycleError> {
        Ok(self.look(spec, spec.pull().into()).await?.summary())
    }

    /// Deploys, or brings what is deployed to `spec`. Touches only what differs, and nothing if all is as wanted.
    ///
    /// # Errors
    /// Where something stands in the way, before anything is touched; where a step fails, after what can be put back was put
    /// back.
    pub async fn run(&self, spec: &Spec) -> Result<Report, LifecycleError> {
        self.converge("run", spec, spec.pull().into()).await
    }

    /// Brings what is deployed to what `changes` say; what they don't mention stays as it was deployed.
    ///
    /// Images whose name changes are fetched, and both where neither does: a tag may stand for a newer image by now.
    ///
    /// # Errors
    /// As [`Server::run`]; and where nothing is deployed.
    pub async fn upgrade(&self, changes: &Settings) -> Result<Report, LifecycleError> {
        let (containers, kept) = tokio::try_join!(
            async { Ok(observe::containers(&self.engine, &self.release).await?) },
            records::read(&self.host),
        )?;
        let remembered = kept.remembered.as_ref();
        let adopt = changes.adopt.unwrap_or_default();
        manage::refuse_upgrade(&self.release, &containers, remembered, adopt)
            .map_err(|error| self.in_the_way(error))?;
        let deployed = deployed::settings(&self.release, &containers);
        let deployed = upgrade::starting_point(deployed, remembered, changes);
        let settings = changes.clone().or(deployed.clone());
        let pulls = match settings.pull {
            Some(pull) => pull.into(),
            None => upgrade::pulls(&settings, &deployed),
        };
        self.converge("upgrade", &settings.spec()?, pulls).await
    }

    /// Starts what is stopped.
    ///
    /// # Errors
    /// Where nothing is deployed, or a step fails.
    pub async fn start(&self) -> Result<Report, LifecycleError> {
        self.manage("start", manage::start).await
    }

    /// Stops what runs, giving it up to five minutes to end.
    ///
    /// # Errors
    /// Where nothing is deployed, or a step fails.
    pub async fn stop(&self) -> Result<Report, LifecycleError> {
        self.manage("stop", manage::stop).await
    }

    /// Stops what runs and starts it again.
    ///
    /// # Errors
    /// Where nothing is deployed, or a step fails.
    pub async fn restart(&self) -> Result<Report, LifecycleError> {
        self.manage("restart", manage::restart).await
    }

    /// Removes the containers and keeps the data.
    ///
    /// # Errors
    /// Where a container is somebody else's, or a step fails.
    pub async fn remove(&self) -> Result<Report, LifecycleError> {
        self.manage_if(REMOVE, manage::remove, &self.control.approve)
            .await
    }

    /// Ends the session.
    pub async fn close(self) {
        self.host.close().await;
    }

    async fn converge(
        &self,
        verb: &str,
        spec: &Spec,
        pulls: Pulls,
    ) -> Result<Report, LifecycleError> {
        let observed = observe::observe(&self.host, &self.engine, &self.release, spec).await?;
        // While another operation is at work, no plan would hold.
        let approved = match observed.holder.clone() {
            Some(holder) if self.control.wait.is_zero() => return Err(self.locked(holder)),
            Some(_) => None,
            None => {
                let look = self.plan_for(spec, observed, pulls)?;
                self.tell_plan(&look.summary());
                if look.plan.is_empty() {
                    return self.nothing_to_do(&look).await;
                }
                self.approved(&look.summary(), &self.control.approve)
                    .await?;
                Some(look.summary())
            }
        };
        let mut operation = Operation::prepare(&self.host, &self.control, verb).await?;
        let result = async {
            operation.take(&self.control).await?;
            self.converge_locked(&operation, approved, spec, pulls)
                .await
        };
        let result = result.await;
        operation.end(&result).await;
        result
    }

    /// Looks again, now that nobody else changes anything, and does what is to be done. A plan other than the one that was
    /// approved has to be approved, too.
    async fn converge_locked(
        &self,
        operation: &Operation,
        approved: Option<PlanSummary>,
        spec: &Spec,
        pulls: Pulls,
    ) -> Result<Report, LifecycleError> {
        let mut look = self.look(spec, pulls).await?;
        let summary = look.summary();
        if approved.as_ref() != Some(&summary) {
            self.tell_plan(&summary);
            self.approved(&summary, &self.control.approve).await?;
        }
        if look.plan.is_empty() {
            return self.nothing_to_do(&look).await;
        }
        operation
            .begin(Some(DeployedSettings::of(spec, &look.observed)), &summary)
            .await?;
        let mut done = Vec::new();
        if look.plan.only_fetches() {
            self.execute(Some(operation), &look, &mut done).await?;
            let told = look.plan;
            look = self.look(spec, Pull::Never.into()).await?;
            self.tell_plan(&look.summary());
            if !told.tells(&look.plan) {
                self.approved(&look.summary(), &self.control.approve)
                    .await?;
            }
            operation.planned(&look.summary()).await;
        }
        if !look.plan.is_empty() {
            self.execute(Some(operation), &look, &mut done).await?;
            look = self.look(spec, Pull::Never.into()).await?;
            self.tell_plan(&look.summary());
            if let Some(step) = look.plan.steps.first() {
                return Err(self.not_as_wanted(format!(
                    "everything was done, and yet it is needed to {}: {}",
                    step.action, step.why
                )));
            }
        }
        self.see_answer(&look.desired).await?;
        let before = look.observed.remembered.as_ref();
        if let Some(news) = Remembered::news(before, spec, &look.observed, operation.deed()) {
            operation.remember(&news).await;
        }
        let data_path = Some(spec.data_path().to_string());
        Ok(self.report(Some(operation), done, data_path))
    }

    async fn look(&self, spec: &Spec, pulls: Pulls) -> Result<Look, LifecycleError> {
        let observed = observe::observe(&self.host, &self.engine, &self.release, spec).await?;
        self.plan_for(spec, observed, pulls)
    }

    fn plan_for(
        &self,
        spec: &Spec,
        observed: Observed,
        pulls: Pulls,
    ) -> Result<Look, LifecycleError> {
        self.warn_of_clock(&observed);
        let known = observed
            .password
            .clone()
            .or_else(|| deployed::password(&self.release, &observed.containers));
        let remembered = observed.remembered.as_ref();
        let owners = remembered.map(|remembered| remembered.owners.clone());
        let desired = Desired::new(spec, &self.release, known.as_ref())
            .with_owners(owners.unwrap_or_default());
        let plan = plan(&desired, &observed, pulls).map_err(|error| self.in_the_way(error))?;
        Ok(Look {
            observed,
            desired,
            plan,
        })
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

    async fn nothing_to_do(&self, look: &Look) -> Result<Report, LifecycleError> {
        self.see_answer(&look.desired).await?;
        let data_path = Some(look.desired.spec.data_path().to_string());
        Ok(self.report(None, Vec::new(), data_path))
    }

    async fn execute(
        &self,
        operation: Option<&Operation>,
        look: &Look,
        done: &mut Vec<String>,
    ) -> Result<(), LifecycleError> {
        Executor::of(
            &self.host,
            &self.engine,
            &self.control,
            &look.desired,
            operation,
        )
        .execute(&look.plan)
        .await?;
        done.extend(look.plan.steps.iter().map(|step| step.action.to_string()));
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
                self.tell_plan(&plan.summary());
                // It only looks, so it takes neither lock nor journal.
                Executor::of(&self.host, &self.engine, &self.control, desired, None)
                    .execute(&plan)
                    .await
            }
            Err(why) => Err(self.not_as_wanted(format!(
                "the containers are as wanted, but ClickHouse does not work: {why}"
            ))),
        }
    }

    async fn manage(
        &self,
        verb: &str,
        make: impl Fn(&Release, &Containers) -> Result<Plan, PlanError>,
    ) -> Result<Report, LifecycleError> {
        self.manage_if(verb, make, &Approve::default()).await
    }

    async fn manage_if(
        &self,
        verb: &str,
        make: impl Fn(&Release, &Containers) -> Result<Plan, PlanError>,
        approve: &Approve,
    ) -> Result<Report, LifecycleError> {
        let (containers, plan) = self.look_and_manage(&make).await?;
        let summary = plan.summary();
        self.tell_plan(&summary);
        if plan.is_empty() {
            return Ok(self.report(None, Vec::new(), self.data_path(&containers)));
        }
        let mut operation = Operation::prepare(&self.host, &self.control, verb).await?;
        let result = async {
            operation.refuse_locked(&self.control).await?;
            self.approved(&summary, approve).await?;
            operation.take(&self.control).await?;
            self.manage_locked(&operation, verb, summary, make, approve)
                .await
        };
        let result = result.await;
        operation.end(&result).await;
        result
    }

    /// Looks again, now that nobody else changes anything, and does what is to be done.
    async fn manage_locked(
        &self,
        operation: &Operation,
        verb: &str,
        approved: PlanSummary,
        make: impl Fn(&Release, &Containers) -> Result<Plan, PlanError>,
        approve: &Approve,
    ) -> Result<Report, LifecycleError> {
        let (containers, plan) = self.look_and_manage(make).await?;
        let summary = plan.summary();
        if summary != approved {
            self.tell_plan(&summary);
            self.approved(&summary, approve).await?;
        }
        if plan.is_empty() {
            return Ok(self.report(None, Vec::new(), self.data_path(&containers)));
        }
        operation.begin(None, &summary).await?;
        let password = deployed::password(&self.release, &containers).unwrap_or_default();
        let executor = Executor {
            host: &self.host,
            engine: &self.engine,
            release: &self.release,
            control: &self.control,
            registry: None,
            password: &password,
            operation: Some(operation),
        };
        executor.execute(&plan).await?;
        if verb == REMOVE
            && let Some(remembered) = operation.recall().await
        {
            operation
                .remember(&remembered.removed(operation.deed()))
                .await;
        }
        let done = plan.steps.iter().map(|step| step.action.to_string());
        Ok(self.report(Some(operation), done.collect(), self.data_path(&containers)))
    }

    async fn look_and_manage(
        &self,
        make: impl Fn(&Release, &Containers) -> Result<Plan, PlanError>,
    ) -> Result<(Containers, Plan), LifecycleError> {
        let containers = observe::containers(&self.engine, &self.release).await?;
        let plan = make(&self.release, &containers).map_err(|error| self.in_the_way(error))?;
        Ok((containers, plan))
    }

    fn data_path(&self, containers: &Containers) -> Option<String> {
        let settings = deployed::settings(&self.release, containers);
        settings.data_path.map(|path| path.to_string())
    }

    fn tell_plan(&self, plan: &PlanSummary) {
        self.control
            .events
            .tell(Event::Planned { plan: plan.clone() });
    }

    /// Has a plan that is not empty approved.
    async fn approved(&self, plan: &PlanSummary, approve: &Approve) -> Result<(), LifecycleError> {
        if plan.steps.is_empty() || approve.approves(plan.clone()).await {
            return Ok(());
        }
        Err(LifecycleError::Declined {
            host: self.host.label(),
        })
    }

    fn report(
        &self,
        operation: Option<&Operation>,
        steps: Vec<String>,
        data_path: Option<String>,
    ) -> Report {
        let changed = !steps.is_empty();
        self.control.events.tell(Event::Finished {
            changed,
            elapsed: self.opened.elapsed(),
        });
        Report {
            server: self.host.label(),
            run: operation.map(|operation| operation.run().clone()),
            changed,
            steps,
            data_path,
        }
    }

    fn locked(&self, holder: Lease) -> LifecycleError {
        LifecycleError::Locked {
            host: self.host.label(),
            holder: Box::new(holder),
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
