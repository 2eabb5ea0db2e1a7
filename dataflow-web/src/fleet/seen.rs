//! What was seen of a server, and when.

use std::sync::Arc;

use dataflow_core::{
    Explain, Kind,
    lifecycle::{History, Lease, PlanSummary, Status, Verdict},
    preflight::Report,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{Looked, Sample};

/// What was seen of a server when it was looked at last. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// When it was looked at last; `None` where it was not yet.
    pub(crate) at: Option<Timestamp>,
    /// What it was doing when it last answered.
    pub(crate) status: Option<Arc<Status>>,
    /// When that was.
    pub(crate) answered: Option<Timestamp>,
    /// Why it did not answer at the last look.
    pub(crate) trouble: Option<Trouble>,
    /// The last figures.
    pub(crate) sample: Option<Sample>,
    /// Who has its lock, what was done to it, how it was deployed.
    pub(crate) history: Looked<History>,
    /// What `run` would do.
    pub(crate) plan: Looked<PlanSummary>,
    /// Whether it is fit.
    pub(crate) fitness: Looked<Fitness>,
    /// Whether plan and fitness are being looked at.
    pub(crate) looking: bool,
}

/// Whether a server is fit, and how much room it has.
#[derive(Debug, Clone)]
pub(crate) struct Fitness {
    /// What all checks found.
    pub(crate) report: Report,
    /// The size of the file system that holds the data, in bytes.
    pub(crate) disk_size: Option<u64>,
    /// What is free there.
    pub(crate) disk_free: Option<u64>,
}

/// Something that failed, in the library's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Trouble {
    /// What sort of failure it is.
    pub(crate) kind: &'static str,
    /// What failed, and why; the causes after it.
    pub(crate) messages: Vec<String>,
    /// What to do about it.
    pub(crate) next: String,
    /// Lines that show the cause more closely.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) details: Vec<String>,
}

impl Trouble {
    /// What an error says of itself.
    pub(crate) fn of(error: &dyn Explain) -> Self {
        let mut messages = vec![error.to_string()];
        let mut cause = error.source();
        while let Some(error) = cause {
            messages.push(error.to_string());
            cause = error.source();
        }
        Self {
            kind: match error.kind() {
                Kind::Failed => "failed",
                Kind::Usage => "usage",
                Kind::Precondition => "precondition",
                Kind::Pending => "pending",
                Kind::Locked => "locked",
                Kind::Unreachable => "unreachable",
            },
            messages,
            next: error.next_step(),
            details: error.details().to_vec(),
        }
    }
}

/// How a server stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// It was not looked at yet.
    Unknown,
    /// All runs.
    Running,
    /// Some of it runs, or runs and doesn't work.
    Degraded,
    /// Deployed; nothing runs.
    Stopped,
    /// Nothing is deployed.
    NotDeployed,
    /// It can't be reached or signed in to.
    Unreachable,
    /// It is reached, and does not say what it is doing: for one, it has no Docker.
    NoAnswer,
}

impl Standing {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Running,
        Self::Degraded,
        Self::Stopped,
        Self::NotDeployed,
        Self::Unreachable,
        Self::NoAnswer,
    ];

    /// The word, as people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "not seen yet",
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Stopped => "stopped",
            Self::NotDeployed => "not deployed",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no answer",
        }
    }

    /// The word, as programs and style sheets have it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Running => "running",
            Self::Degraded => "degraded",
            Self::Stopped => "stopped",
            Self::NotDeployed => "not-deployed",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no-answer",
        }
    }
}

impl Seen {
    /// How it stands.
    pub(crate) fn standing(&self) -> Standing {
        match (&self.trouble, &self.status) {
            (Some(trouble), _) if trouble.kind == "unreachable" => Standing::Unreachable,
            (Some(_), _) => Standing::NoAnswer,
            (None, None) => Standing::Unknown,
            (None, Some(status)) => match status.verdict {
                Verdict::Running => Standing::Running,
                Verdict::Degraded => Standing::Degraded,
                Verdict::Stopped => Standing::Stopped,
                Verdict::NotDeployed => Standing::NotDeployed,
            },
        }
    }

    /// Who has the server's lock, as far as is known.
    pub(crate) fn holder(&self) -> Option<&Lease> {
        self.history.value()?.holder.as_ref()
    }

    /// The rows that ClickHouse has stored, where it said so.
    pub(crate) fn rows(&self) -> Option<u64> {
        self.status.as_ref()?.clickhouse.as_ref()?.rows
    }

    /// The versions of service and ClickHouse, as far as they are known.
    pub(crate) fn versions(&self) -> (Option<&str>, Option<&str>) {
        let Some(status) = &self.status else {
            return (None, None);
        };
        let names = dataflow_core::spec::Release::portsip();
        let service = status
            .containers
            .iter()
            .find(|container| container.name == names.service_name);
        let clickhouse = status.clickhouse.as_ref();
        (
            service.and_then(|service| service.version.as_deref()),
            clickhouse.and_then(|clickhouse| clickhouse.version.as_deref()),
        )
    }
}
