//! What is to be done: steps, each with its cause and with what undoes it.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::install_docker::DockerInstall;
use crate::{
    docker::Update,
    pbx::{NewFilter, whitelist::WhitelistChange},
    preflight::Recipe,
    spec::{ContainerSpec, Directory, ImageRef, Pull, TokenFingerprint},
};

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

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        let (now, wanted) = (or_none(&self.now), or_none(&self.wanted));
        write!(f, "{}: {now}, wanted: {wanted}", self.setting)
    }
}

/// Something that can be done to a server. Each is safe to do again.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Install Docker on a server that has none.
    InstallDocker(Box<DockerInstall>),
    /// Mend something on the server, or take that back.
    Mend(Box<Recipe>),
    /// Make or renew an entry of the PBX's whitelist.
    Whitelist(Box<WhitelistChange>),
    /// Remove an entry of the PBX's whitelist that was just made.
    TakeBack(Box<NewFilter>),
    /// Put the token into the file in which the service looks for it.
    DeliverToken {
        /// The file on the server.
        path: String,
        /// Which token.
        fingerprint: TokenFingerprint,
    },
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
    /// Change settings of a container that stays as it is, running or not.
    Update(String, Vec<Update>),
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

    /// Whether it told every step of the plan that is made after its own steps are done. Told by what is done: the cause may be
    /// known better by then.
    pub(super) fn tells(&self, later: &Self) -> bool {
        let told: Vec<String> = self
            .steps
            .iter()
            .chain(&self.forecast)
            .map(|step| step.action.to_string())
            .collect();
        later
            .steps
            .iter()
            .all(|step| told.contains(&step.action.to_string()))
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

impl fmt::Display for Plan {
    /// One line for each step: what, why, and what puts it back; then the forecast in the same way, its numbers going on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to do");
        }
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}. {step}", index + 1)?;
        }
        if !self.forecast.is_empty() {
            f.write_str("\nthen, as far as can be told now:")?;
        }
        for (index, step) in self.forecast.iter().enumerate() {
            write!(f, "\n{}. {step}", self.steps.len() + index + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.why)?;
        if let Some(undo) = &self.undo {
            write!(f, " [undo: {undo}]")?;
        }
        if let Some(name) = &self.settles {
            write!(f, " [no way back for {name}]")?;
        }
        Ok(())
    }
}
