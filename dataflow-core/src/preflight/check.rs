//! What a check is.

use serde::Serialize;

use super::{Expectations, Outcome};
use crate::facts::{Facts, Unseen};

/// One thing that is checked.
#[derive(Debug)]
pub struct Check {
    /// Its identifier, which stays the same for ever: `group.what`.
    pub id: &'static str,
    /// What it belongs to.
    pub group: Group,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// What is required.
    pub required: &'static str,
    /// Who requires it: a section of the vendor's guide, or ClickHouse's advice.
    pub source: &'static str,
    /// Why, and how it is judged.
    pub why: &'static str,
    /// Judges. What it needs and can't be seen makes the check unknown.
    pub judge: fn(&Facts, &Expectations) -> Result<Outcome, Unseen>,
}

/// What a check belongs to, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Processor, memory and disks.
    Hardware,
    /// The operating system.
    System,
    /// The kernel's settings.
    Kernel,
    /// The user.
    Account,
    /// The network.
    Network,
    /// What AWS says of the instance.
    Aws,
    /// What must not be there.
    Forbidden,
    /// Docker.
    Docker,
}

impl Group {
    /// Its name in a report.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Hardware => "Hardware",
            Self::System => "System",
            Self::Kernel => "Kernel",
            Self::Account => "Account",
            Self::Network => "Network",
            Self::Aws => "AWS",
            Self::Forbidden => "Must not be there",
            Self::Docker => "Docker",
        }
    }
}
