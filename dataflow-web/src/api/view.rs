//! A server as the API tells of it: what pages show, with the same words.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{
    fleet::{Sample, Seen, Standing, Trouble, Watched},
    panel::Panel,
};

/// A server as it was last seen.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Server {
    /// Its name.
    pub(super) name: String,
    /// Where it is.
    pub(super) address: String,
    /// How it stands, in a word.
    pub(super) standing: Standing,
    /// When it was looked at last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) looked_at: Option<Timestamp>,
    /// When it answered last: that is how old all below is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) answered_at: Option<Timestamp>,
    /// Why it did not answer at the last look.
    pub(super) trouble: Option<Trouble>,
    /// What it does, as `dataflow status --output json` tells it.
    #[schema(value_type = Option<Object>)]
    pub(super) status: Option<Value>,
    /// The last figures.
    pub(super) sample: Option<Sample>,
    /// The size of the file system that holds the data, in bytes.
    pub(super) disk_size: Option<u64>,
    /// What is free there, in bytes.
    pub(super) disk_free: Option<u64>,
    /// Whether the machine is fit: `fit`, `fit-with-warnings` or `unfit`.
    #[schema(value_type = Option<String>)]
    pub(super) fitness: Option<Value>,
    /// How many steps `run` would do; 0: all is as wanted.
    pub(super) pending_steps: Option<usize>,
    /// Who has its lock, as `dataflow history --output json` tells it.
    #[schema(value_type = Option<Object>)]
    pub(super) holder: Option<Value>,
    /// The panel's operation that is at work on it.
    pub(super) run: Option<String>,
}

impl Server {
    pub(super) fn of(panel: &Panel, server: &Watched, seen: &Arc<Seen>) -> Self {
        let fitness = seen.fitness.value();
        Self {
            name: server.name().to_owned(),
            address: server.address().to_owned(),
            standing: seen.standing(),
            looked_at: seen.at,
            answered_at: seen.answered,
            trouble: seen.trouble.clone(),
            status: seen.status.as_deref().and_then(value),
            sample: seen.sample,
            disk_size: fitness.and_then(|fitness| fitness.disk_size),
            disk_free: fitness.and_then(|fitness| fitness.disk_free),
            fitness: fitness.and_then(|fitness| value(&fitness.report.verdict)),
            pending_steps: seen.plan.value().map(|plan| plan.steps.len()),
            holder: seen.holder().and_then(value),
            run: panel
                .runs
                .at_work_on(server.name())
                .map(|run| run.id().to_owned()),
        }
    }
}

/// A server as the API tells of it.
pub(crate) fn of_server(panel: &Panel, server: &Watched) -> Server {
    Server::of(panel, server, &server.seen())
}

/// What the library serialises.
pub(super) fn value(of: &(impl Serialize + ?Sized)) -> Option<Value> {
    serde_json::to_value(of).ok()
}
