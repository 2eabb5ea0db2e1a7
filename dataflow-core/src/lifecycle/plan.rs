//! What is to be done: steps, each with its cause and with what undoes it.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::install_docker::DockerInstall;
use crate::spec::{ContainerSpec, Directory, ImageRef, Pull};

/// Steps in the order in which they are done. The next one begins when the one before it has succeeded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// Where the steps only fetch images: what comes after them, as far as can be told before they are there.
    pub forecast: Vec<Step>,
}

/// When each image is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulls {
    /// ClickHouse's.
    pub clickhouse: Pull,
    /// The service's.
    pub service: Pull,
}

impl From<Pull> for Pulls {
    /// The same for both.
    fn from(pull: Pull) -> Self {
        Self {
            clickhouse: pull,
            service: pull,
        }
    }
}

/// One change, and why it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// The cause, in the operator's words.
    pub why: String,
    /// In what a container's settings change.
    pub changes: Vec<Change>,
    /// What puts things back as they were if a later step fails.
    pub undo: Option<Action>,
    /// The container for which there is no way back once this step is done: its predecessor is gone, or its data may have
    /// been changed by the successor.
    pub settles: Option<String>,
}

/// One setting that changes. Never holds a secret: of one, only that it differs is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The setting, in the operator's words.
    pub setting: String,
    /// What it is now, if it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// What it is to be, if it is to be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
}

/// Something that can be done to a server. Each is safe to do again.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Install Docker on a server that has none.
    InstallDocker(Box<DockerInstall>),
    /// Fetch an image from its registry.
    Fetch(ImageRef),
    /// Make directories, or give them their owner and mode.
    Directories(Vec<Directory>),
    /// Stop a container, killing it when the time is over.
    Stop(String, Duration),
    /// Start a container.
    Start(String),
    /// Take a container away.
    Remove(String),
    /// Give a container the name under which it waits while its successor is tried.
    SetAside(String),
    /// Give it its name back.
    PutBack(String),
    /// Make a container.
    Create(Box<ContainerSpec>),
    /// Wait until ClickHouse answers to its password.
    AwaitClickHouse {
        /// The container.
        name: String,
        /// How long that may take.
        patience: Duration,
    },
    /// Wait until a container has ended by itself.
    AwaitEnd(String),
    /// Prepare the database with the service's own program.
    Initialise(Box<ContainerSpec>),
    /// Wait until the service runs and has kept running.
    AwaitService {
        /// The container.
        name: String,
        /// How long that may take.
        patience: Duration,
    },
}

/// A plan as it is told and shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlanSummary {
    /// The steps, in order.
    pub steps: Vec<StepSummary>,
    /// What comes after them, as far as can be told before images are fetched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forecast: Vec<StepSummary>,
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
    /// What it costs those who use the service, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<&'static str>,
    /// What puts it back if a later step fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

impl Plan {
    /// Whether all is as wanted.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether it only fetches images. What else has to be done is known when they are there.
    pub fn only_fetches(&self) -> bool {
        !self.is_empty()
            && self
                .steps
                .iter()
                .all(|step| matches!(step.action, Action::Fetch(_)))
    }

    /// The plan as it is told and shown.
    pub fn summary(&self) -> PlanSummary {
        PlanSummary {
            steps: self.steps.iter().map(Step::summary).collect(),
            forecast: self.forecast.iter().map(Step::summary).collect(),
            changed_settings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, action: Action, why: impl Into<String>) -> &mut Step {
        self.steps.push(Step {
            action,
            why: why.into(),
            changes: Vec::new(),
            undo: None,
            settles: None,
        });
        // Never empty: a step was pushed just now.
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }
}

impl Step {
    fn summary(&self) -> StepSummary {
        StepSummary {
            what: self.action.to_string(),
            why: self.why.clone(),
            changes: self.changes.clone(),
            risk: self.action.risk(),
            undo: self.undo.as_ref().map(ToString::to_string),
        }
    }
}

impl fmt::Display for Plan {
    /// One line for each step: what, why, and what puts it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to do");
        }
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}. {}: {}", index + 1, step.action, step.why)?;
            if let Some(undo) = &step.undo {
                write!(f, " [undo: {undo}]")?;
            }
        }
        Ok(())
    }
}
