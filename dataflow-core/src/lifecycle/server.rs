//! One Data Flow server, and all that can be done with it.

use std::{
    sync::{Once, atomic::AtomicBool},
    time::Instant,
};

use super::{
    Approve, Control, deployed,
    error::LifecycleError,
    events::Event,
    install_docker::{self, DockerSource},
    journal::RunId,
    lock::Lease,
    logs::{LogOf, LogQuery, Logs},
    manage, observe,
    observed::Observed,
    operation::Operation,
    plan_error::PlanError,
    records::{self, Records},
    summary::PlanSummary,
    upgrade,
};
use crate::{
    docker::{DockerError, Engine, LogRange, Usage},
    host::Host,
    pbx::PbxLink,
    spec::{Release, Settings, Spec, Target},
};

/// The verb that removes the containers.
pub(super) const REMOVE: &str = "rm";

/// One Data Flow server: one SSH session (or the local machine) and its Docker Engine.
pub struct Server {
    pub(super) host: Host,
    pub(super) engine: Engine,
    pub(super) release: Release,
    pub(super) control: Control,
    pub(super) pbx: PbxLink,
    opened: Instant,
    clock_told: Once,
    pub(super) gate_told: Once,
    pub(super) pbx_told: Once,
    /// Whether the operator has said that the prerequisites at the PBX are met by hand.
    pub(super) by_hand: AtomicBool,
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

    /// The same; where there is no Docker, it is installed first, if the server is fit for `spec` and that is approved.
    ///
    /// # Errors
    /// As [`Server::open`]; and where Docker can't be installed.
    pub async fn open_with_docker(
        target: &Target,
        control: Control,
        source: DockerSource,
        spec: &Spec,
    ) -> Result<Self, LifecycleError> {
        let host = Host::connect(&target.address, &target.sign_in).await?;
        let engine = match Engine::connect(&host).await {
            Err(DockerError::NotInstalled { .. }) => {
                install_docker::install(&host, &control, source, spec).await?
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
            pbx: PbxLink::None,
            opened: Instant::now(),
            clock_told: Once::new(),
            gate_told: Once::new(),
            pbx_told: Once::new(),
            by_hand: AtomicBool::new(false),
        }
    }

    /// With what there is of its PBX.
    #[must_use]
    pub fn with_pbx(self, pbx: PbxLink) -> Self {
        Self { pbx, ..self }
    }

    /// The server, as `user@host` or `local`.
    pub fn label(&self) -> String {
        self.host.label()
    }

    /// The machine, reached by the same session.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What the containers that run take of the machine.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn usage(&self) -> Result<Vec<Usage>, LifecycleError> {
        let (clickhouse, service) = tokio::try_join!(
            self.engine.usage(self.release.clickhouse_name),
            self.engine.usage(self.release.service_name),
        )?;
        Ok([clickhouse, service].into_iter().flatten().collect())
    }

    /// What is kept on the server, read over the same session.
    pub fn records(&self) -> Records {
        Records::over(self.host.clone())
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

    /// Once: the server is looked at several times.
    pub(super) fn warn_of_clock(&self, observed: &Observed) {
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

    pub(super) fn tell_plan(&self, plan: &PlanSummary) {
        self.control
            .events
            .tell(Event::Planned { plan: plan.clone() });
    }

    /// Has a plan that is not empty approved.
    pub(super) async fn approved(
        &self,
        plan: &PlanSummary,
        approve: &Approve,
    ) -> Result<(), LifecycleError> {
        if plan.steps.is_empty() || approve.approves(plan.clone()).await {
            return Ok(());
        }
        Err(LifecycleError::Declined {
            host: self.host.label(),
        })
    }

    pub(super) fn report(
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

    pub(super) fn locked(&self, holder: Lease) -> LifecycleError {
        LifecycleError::Locked {
            host: self.host.label(),
            holder: Box::new(holder),
        }
    }

    pub(super) fn in_the_way(&self, error: PlanError) -> LifecycleError {
        LifecycleError::Plan {
            host: self.host.label(),
            error,
        }
    }

    pub(super) fn not_as_wanted(&self, problem: String) -> LifecycleError {
        LifecycleError::NotAsWanted {
            host: self.host.label(),
            problem,
        }
    }
}
