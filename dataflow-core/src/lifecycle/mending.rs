//! Mends what the preflight finds and what can be mended safely: planned, approved, done and looked at again as any change.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::{
    Control,
    error::LifecycleError,
    events::Event,
    execute::Executor,
    journal::RunId,
    operation::Operation,
    plan::{Action, Plan},
};
use crate::{
    docker::Engine,
    facts::{self, Question},
    host::Host,
    preflight::{self, Expectations, Finding, State},
    spec::{Release, Target},
};

/// The verb under which the journal has it.
const VERB: &str = "preflight";

/// How long a remedy may take to show: a time service needs some seconds until it has set the clock.
const EFFECT: Duration = Duration::from_secs(30);

/// Time between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// What mending came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mended {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// The run, as the journal names it, where anything was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Whether anything was done.
    pub changed: bool,
    /// The steps that were done, in order.
    pub steps: Vec<String>,
    /// What the preflight finds now.
    pub preflight: preflight::Report,
}

/// Mends on a server what can be mended safely. It needs no Docker there.
///
/// # Errors
/// Where the server can't be reached, a remedy fails or does not help.
pub async fn mend(
    target: &Target,
    control: &Control,
    question: &Question,
    expectations: &Expectations,
) -> Result<Mended, LifecycleError> {
    let host = Host::connect(&target.address, &target.sign_in).await?;
    let mending = Mending {
        host: &host,
        control,
        question,
        expectations,
    };
    let result = mending.mend().await;
    host.close().await;
    result
}

struct Mending<'a> {
    host: &'a Host,
    control: &'a Control,
    question: &'a Question,
    expectations: &'a Expectations,
}

impl Mending<'_> {
    async fn mend(&self) -> Result<Mended, LifecycleError> {
        let began = Instant::now();
        let report = self.look().await?;
        let plan = plan(&report, self.expectations);
        let mended = if plan.is_empty() {
            self.tell_plan(&plan);
            self.mended(None, &plan, report)
        } else {
            let mut operation = Operation::prepare(self.host, self.control, VERB).await?;
            let result = self.mend_with(&mut operation, plan).await;
            operation.end(&result).await;
            result?
        };
        self.control.events.tell(Event::Finished {
            changed: mended.changed,
            elapsed: began.elapsed(),
        });
        Ok(mended)
    }

    async fn mend_with(
        &self,
        operation: &mut Operation,
        approved: Plan,
    ) -> Result<Mended, LifecycleError> {
        operation.refuse_locked(self.control).await?;
        self.approve(&approved).await?;
        operation.take(self.control).await?;
        // Nobody else changes anything now, which may have been otherwise before.
        let report = self.look().await?;
        let plan = plan(&report, self.expectations);
        if plan != approved {
            self.approve(&plan).await?;
        }
        if plan.is_empty() {
            return Ok(self.mended(None, &plan, report));
        }
        let ignored = report.findings.iter().filter(|found| {
            let matters = found.ignored.is_some() || found.fix.is_some();
            matters && self.expectations.ignored.contains(found.id)
        });
        let ignored = ignored.map(|found| found.id.to_owned()).collect();
        operation.begin(None, ignored, &plan.summary()).await?;
        let executor = Executor {
            host: self.host,
            engine: &Engine::none(self.host)?,
            release: &Release::portsip(),
            control: self.control,
            registry: None,
            password: &"".into(),
            token: None,
            pbx: None,
            operation: Some(operation),
        };
        executor.execute(&plan).await?;
        let report = self.see_effect(&report).await?;
        Ok(self.mended(Some(operation.run().clone()), &plan, report))
    }

    async fn look(&self) -> Result<preflight::Report, LifecycleError> {
        let facts = facts::read(self.host, self.question).await?;
        Ok(preflight::judge(&facts, self.expectations)?)
    }

    async fn approve(&self, plan: &Plan) -> Result<(), LifecycleError> {
        self.tell_plan(plan);
        if plan.is_empty() || self.control.approve.approves(plan.summary()).await {
            return Ok(());
        }
        Err(LifecycleError::Declined {
            host: self.host.label(),
        })
    }

    fn tell_plan(&self, plan: &Plan) {
        self.control.events.tell(Event::Planned {
            plan: plan.summary(),
        });
    }

    /// Looks until everything that was mended is as required.
    async fn see_effect(
        &self,
        before: &preflight::Report,
    ) -> Result<preflight::Report, LifecycleError> {
        let began = Instant::now();
        loop {
            let report = self.look().await?;
            let left = not_mended(before, &report, self.expectations);
            if left.is_empty() {
                return Ok(report);
            }
            if began.elapsed() >= EFFECT || self.control.interrupt.is_raised() {
                return Err(LifecycleError::NotMended {
                    host: self.host.label(),
                    details: left,
                });
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.control.interrupt.raised() => {}
            }
        }
    }

    fn mended(&self, run: Option<RunId>, plan: &Plan, preflight: preflight::Report) -> Mended {
        let steps = plan.steps.iter().map(|step| step.action.to_string());
        Mended {
            server: self.host.label(),
            changed: run.is_some(),
            run,
            steps: steps.collect(),
            preflight,
        }
    }
}

/// What can be mended safely. What is ignored stays as it is.
fn to_mend<'report>(
    report: &'report preflight::Report,
    expectations: &Expectations,
) -> impl Iterator<Item = (&'report Finding, &'report preflight::Fix)> {
    let findings = report.findings.iter();
    findings
        .filter(|found| !expectations.ignored.contains(found.id))
        .filter_map(|found| Some((found, found.fix.as_ref()?)))
}

fn plan(report: &preflight::Report, expectations: &Expectations) -> Plan {
    let mut plan = Plan::default();
    for (found, fix) in to_mend(report, expectations) {
        let why = format!("{}: {}, required: {}", found.id, found.seen, found.required);
        plan.add(Action::Mend(Box::new(fix.apply.clone())), why)
            .undo = Some(Action::Mend(Box::new(fix.undo.clone())));
    }
    plan
}

/// What was to be mended before and is not as required now.
fn not_mended(
    before: &preflight::Report,
    now: &preflight::Report,
    expectations: &Expectations,
) -> Vec<String> {
    to_mend(before, expectations)
        .filter_map(|(mended, _)| now.findings.iter().find(|found| found.id == mended.id))
        .filter(|found| found.state != State::Pass)
        .map(|found| format!("{}: {}, required: {}", found.id, found.seen, found.required))
        .collect()
}

#[cfg(test)]
#[path = "mending_tests.rs"]
mod tests;
