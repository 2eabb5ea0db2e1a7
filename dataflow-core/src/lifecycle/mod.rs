//! The life of a Data Flow server: observe, plan, execute, verify.
//!
//! - [`Server`] is the way in: it opens the one session and offers each verb.
//! - `observe` reads, `plan` decides and does no I/O, `execute` does and decides nothing. After a plan was executed the
//!   server is looked at again: a plan that is then not empty is a failure.
//! - Everything that happens is told as [`Event`]s.

mod action;
mod approve;
mod at_pbx;
mod checked;
mod checklist;
mod clickhouse;
mod compare;
mod converge;
mod deployed;
mod desired;
mod directories;
mod error;
mod events;
mod execute;
mod gate;
mod images;
mod initialise;
mod install_docker;
mod interrupt;
mod journal;
mod lock;
mod logs;
mod manage;
mod managing;
mod mending;
mod need;
mod observe;
mod observed;
mod operation;
mod operator;
mod plan;
mod plan_error;
mod planner;
mod reached;
mod ready;
mod records;
mod refuse;
mod refuse_image;
mod remembered;
mod server;
mod status;
mod summary;
#[cfg(test)]
mod tests;
mod token;
mod token_change;
mod upgrade;
mod whitelist;

pub use crate::docker::{LogLine, LogOutput, Usage};
pub use approve::Approve;
pub use checklist::{Checklist, Surroundings};
pub use compare::{Difference, differences};
pub use desired::Desired;
pub use error::{LifecycleError, Recovery, StepError};
pub use events::{Event, Events};
pub use gate::Complaint;
pub use install_docker::{CannotInstall, DockerInstall, DockerSource, InstallProblem};
pub use interrupt::Interrupt;
pub use journal::{NotARun, Outcome, PastRun, PastStep, RunId};
pub use lock::Lease;
pub use logs::{LogOf, LogQuery, Logs, Since};
pub use mending::{Mended, mend};
pub use observed::{Containers, DeliveredToken, Directory, Observed, Origin};
pub use operator::Operator;
pub use plan::{Action, Change, Plan, Pulls, Step};
pub use plan_error::PlanError;
pub use planner::plan;
pub use records::{History, Records, Unlocked};
pub use remembered::{Deed, DeployedSettings, Remembered};
pub use server::{Report, Server};
pub use status::{ClickHouseStatus, ContainerStatus, Status, Verdict};
pub use summary::{PlanSummary, StepSummary};
pub use token_change::TokenStatus;

use std::{path::PathBuf, time::Duration};

use crate::prerequisites::Prerequisite;

/// How an operation is followed and ended early.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// Where its events go.
    pub events: Events,
    /// What ends it.
    pub interrupt: Interrupt,
    /// Who is asked before something is changed.
    pub approve: Approve,
    /// Who is asked whether the prerequisites at the PBX are met by hand, where nobody is signed in there. Without anybody to ask,
    /// they are not known to be.
    pub by_hand: Approve<Vec<Prerequisite>>,
    /// How long the end of another operation on the same server is waited for.
    pub wait: Duration,
    /// The directory, on the machine where this runs, that holds a copy of the journal.
    pub journal: Option<PathBuf>,
    /// For whom the program does it, where that is not the user it runs as: lock and journal name them.
    pub on_behalf_of: Option<String>,
}
