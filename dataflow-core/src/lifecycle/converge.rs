//! Brings a server to what is wanted: look, plan, see that the server is fit, have it approved, take the lock, look again, do it, look whether it is so.

use super::{
    clickhouse, deployed,
    desired::Desired,
    error::LifecycleError,
    execute::Executor,
    observe,
    observed::{Observed, current},
    operation::Operation,
    plan::{Action, Plan, Pulls},
    planner::plan,
    refuse_image,
    remembered::{DeployedSettings, Remembered},
    server::{Report, Server},
    summary::PlanSummary,
};
use crate::{
    facts::Facts,
    spec::{Pull, Spec},
};

/// What was seen, and what follows from it.
pub(super) struct Look {
    observed: Observed,
    desired: Desired,
    plan: Plan,
}

impl Look {
    pub(super) fn summary(&self) -> PlanSummary {
        let remembered = self.observed.remembered.as_ref();
        PlanSummary {
            changed_settings: remembered
                .map(|remembered| remembered.changed_by(&self.desired.spec))
                .unwrap_or_default(),
            ..self.plan.summary()
        }
    }
}

/// What counts for nothing in this run, by the identifiers of the checks.
fn accepted(mut ignored: Vec<String>, look: &Look) -> Vec<String> {
    if refuse_image::accepted_mismatch(&look.desired, &look.observed).is_some() {
        ignored.push("pbx.version".to_owned());
    }
    ignored
}

impl Server {
    /// What [`Server::run`] would do.
    ///
    /// # Errors
    /// Where something stands in the way, the server is not fit, or it could not be looked at.
    pub async fn plan(&self, spec: &Spec) -> Result<PlanSummary, LifecycleError> {
        let (observed, facts) = self.look_closely(spec).await?;
        let look = self.plan_for(spec, observed, spec.pull().into())?;
        self.pass_gate(spec, &facts, &look.observed)?;
        Ok(look.summary())
    }

    pub(super) async fn converge(
        &self,
        verb: &str,
        spec: &Spec,
        pulls: Pulls,
    ) -> Result<Report, LifecycleError> {
        let (observed, facts) = self.look_closely(spec).await?;
        let mut spec = spec.clone();
        // While another operation is at work, no plan would hold.
        let approved = match observed.holder.clone() {
            Some(holder) if self.control.wait.is_zero() => return Err(self.locked(holder)),
            Some(_) => None,
            None => {
                let look = self.plan_for(&spec, observed, pulls)?;
                self.pass_gate(&spec, &facts, &look.observed)?;
                spec = self.settle(&spec, &look).await?;
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
            self.converge_locked(&operation, approved, &spec, pulls)
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
        let (observed, facts) = self.look_closely(spec).await?;
        let mut look = self.plan_for(spec, observed, pulls)?;
        let judgement = self.pass_gate(spec, &facts, &look.observed)?;
        let spec = &self.settle(spec, &look).await?;
        let summary = look.summary();
        if approved.as_ref() != Some(&summary) {
            self.tell_plan(&summary);
            self.approved(&summary, &self.control.approve).await?;
        }
        if look.plan.is_empty() {
            return self.nothing_to_do(&look).await;
        }
        operation
            .begin(
                Some(DeployedSettings::of(spec, &look.observed)),
                accepted(judgement.ignored_ids(), &look),
                &summary,
            )
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

    async fn settle(&self, spec: &Spec, look: &Look) -> Result<Spec, LifecycleError> {
        self.settle_prerequisites(spec, &look.observed, &look.plan)
            .await
    }

    async fn look_closely(&self, spec: &Spec) -> Result<(Observed, Facts), LifecycleError> {
        let ((observed, facts), pbx) = tokio::try_join!(
            observe::observe_with_facts(&self.host, &self.engine, &self.release, spec),
            self.ask_pbx(spec),
        )?;
        Ok((observed.with_pbx(pbx), facts))
    }

    /// Looks again, after something was done.
    async fn look(&self, spec: &Spec, pulls: Pulls) -> Result<Look, LifecycleError> {
        let (observed, pbx) = tokio::try_join!(
            observe::observe(&self.host, &self.engine, &self.release, spec),
            self.ask_pbx(spec),
        )
        .map_err(|error| match error {
            LifecycleError::Pbx(error) => self.not_as_wanted(format!(
                "steps were done, and then the PBX could not be looked at again: {error}"
            )),
            error => error,
        })?;
        self.plan_for(spec, observed.with_pbx(pbx), pulls)
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
        let clickhouse = current(&observed.containers, self.release.clickhouse_name);
        let owners = remembered.map(|remembered| remembered.owners_under(clickhouse));
        let desired = Desired::new(spec, &self.release, known.as_ref())
            .with_owners(owners.unwrap_or_default())
            .for_pbx(&observed);
        self.warn_of_pbx(&desired, &observed);
        let plan = plan(&desired, &observed, pulls).map_err(|error| self.in_the_way(error))?;
        Ok(Look {
            observed,
            desired,
            plan,
        })
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
        .with_pbx(&self.pbx)
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
}
