//! Does to a server what was planned from its containers alone.

use super::{
    Approve, deployed,
    error::LifecycleError,
    execute::Executor,
    observe,
    observed::Containers,
    operation::Operation,
    plan::Plan,
    plan_error::PlanError,
    server::{REMOVE, Report, Server},
    summary::PlanSummary,
};
use crate::spec::Release;

impl Server {
    pub(super) async fn manage(
        &self,
        verb: &str,
        make: impl Fn(&Release, &Containers) -> Result<Plan, PlanError>,
    ) -> Result<Report, LifecycleError> {
        self.manage_if(verb, make, &Approve::default()).await
    }

    pub(super) async fn manage_if(
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
        operation.begin(None, Vec::new(), &summary).await?;
        let password = deployed::password(&self.release, &containers).unwrap_or_default();
        let executor = Executor {
            host: &self.host,
            engine: &self.engine,
            release: &self.release,
            control: &self.control,
            registry: None,
            password: &password,
            token: None,
            pbx: None,
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
}
