//! The life of a Data Flow server: observe, plan, execute, verify.
//!
//! - [`Server`] is the way in: it opens the one session and offers each verb.
//! - `observe` reads, `plan` decides and does no I/O, `execute` does and decides nothing. After a plan was executed the
//!   server is looked at again: a plan that is then not empty is a failure.
//! - Everything that happens is told as [`Event`]s.

mod action;
mod approve;
mod clickhouse;
mod compare;
mod deployed;
mod desired;
mod error;
mod events;
mod execute;
mod initialise;
mod install_docker;
mod interrupt;
mod logs;
mod manage;
mod observe;
mod observed;
mod plan;
mod plan_error;
mod planner;
mod ready;
mod refuse;
mod server;
mod status;

pub use crate::docker::{LogLine, LogOutput};
pub use approve::Approve;
pub use compare::differences;
pub use desired::Desired;
pub use error::{LifecycleError, Recovery, StepError};
pub use events::{Event, Events};
pub use install_docker::{CannotInstall, DockerInstall, DockerSource, InstallProblem};
pub use interrupt::Interrupt;
pub use logs::{LogOf, LogQuery, Logs, Since};
pub use observed::{Containers, Directory, Observed, Origin};
pub use plan::{Action, Change, Plan, PlanSummary, Pulls, Step, StepSummary};
pub use plan_error::PlanError;
pub use planner::plan;
pub use server::{Report, Server};
pub use status::{ClickHouseStatus, ContainerStatus, Status, Verdict};

/// How an operation is followed and ended early.
#[derive(Debug, Clone, Default)]
pub struct Control {
    /// Where its events go.
    pub events: Events,
    /// What ends it.
    pub interrupt: Interrupt,
    /// Who is asked before something is changed.
    pub approve: Approve,
}
