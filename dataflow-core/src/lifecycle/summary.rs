//! A plan as it is told and shown: what, why, at what cost, and what undoes it.

use serde::Serialize;

use super::plan::{Action, Change, Plan, Step};

/// A plan as it is told and shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlanSummary {
    /// The steps, in order.
    pub steps: Vec<StepSummary>,
    /// What comes after them, as far as can be told before images are fetched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forecast: Vec<StepSummary>,
    /// From when to when the service does not work, where steps or forecast stop something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outage: Option<String>,
    /// In what the settings differ from those of the deployment that is remembered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_settings: Vec<Change>,
}

/// A step as it is told and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepSummary {
    /// What is done.
    pub what: String,
    /// Why.
    pub why: String,
    /// In what a container's settings change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// What it costs those who use the service, or what it may do to their data, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<&'static str>,
    /// What puts it back if a later step fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// The container for which there is no way back once this step is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settles: Option<String>,
}

impl Plan {
    /// The plan as it is told and shown.
    pub fn summary(&self) -> PlanSummary {
        PlanSummary {
            steps: self.steps.iter().map(Step::summary).collect(),
            forecast: self.forecast.iter().map(Step::summary).collect(),
            outage: self.outage(),
            changed_settings: Vec::new(),
        }
    }

    /// Its length can't be told: how long ClickHouse takes to write out what it holds, and to load it again, depends on its data.
    fn outage(&self) -> Option<String> {
        let actions = || {
            let steps = self.steps.iter().chain(&self.forecast);
            steps.map(|step| &step.action)
        };
        let from = actions().position(|action| matches!(action, Action::Stop(..)))?;
        let until = actions().skip(from).filter(|action| {
            matches!(
                action,
                Action::Start(_) | Action::AwaitClickHouse { .. } | Action::AwaitService { .. }
            )
        });
        let first = actions().nth(from)?;
        Some(match until.last() {
            Some(last) => format!(
                "no analytics from \"{first}\" until \"{last}\"; how long that takes is not known; calls are not affected"
            ),
            None => format!(
                "no analytics from \"{first}\" until it is started or deployed again; calls are not affected"
            ),
        })
    }
}

impl Step {
    pub(super) fn summary(&self) -> StepSummary {
        StepSummary {
            what: self.action.to_string(),
            why: self.why.clone(),
            changes: self.changes.clone(),
            risk: self.risk(),
            undo: self.undo.as_ref().map(ToString::to_string),
            settles: self.settles.clone(),
        }
    }

    /// What it costs those who use the service, or what it may do to their data, if anything.
    fn risk(&self) -> Option<&'static str> {
        match (&self.action, &self.settles) {
            (Action::InstallDocker(_), _) => {
                Some("packages are added to the server, and Docker adds rules to its firewall")
            }
            (Action::Stop(..), None) => {
                Some("no analytics until it is started again; calls are not affected")
            }
            (Action::Stop(..), Some(_)) => Some(
                "no analytics until its successor is started; the engine removes it when it ends; calls are not affected",
            ),
            (Action::Initialise(_), _) => {
                Some("the database may be changed to the service's version; nothing undoes that")
            }
            (Action::AwaitClickHouse { .. }, Some(_)) => Some(
                "the new ClickHouse may change the data, so that the one before it can't read it any more",
            ),
            (Action::Remove(_), Some(_)) => Some("it is gone for good; the data stays"),
            _ => None,
        }
    }
}
