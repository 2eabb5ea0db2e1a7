//! What was done to a server, by whom and why, as its journal has it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use dataflow_core::lifecycle::PastRun;

use super::{
    Frame, page,
    server::{Head, find},
    shown,
    sign::Sign,
};
use crate::{guard::Caller, panel::Shared, refusal::Refusal};

#[derive(Template)]
#[template(path = "history.html")]
struct Shown {
    frame: Frame,
    head: Head,
}

#[derive(Template)]
#[template(path = "past_run.html")]
struct ShownRun {
    frame: Frame,
    head: Head,
    run: PastRun,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    match find(&panel, &name) {
        Ok(server) => page(&Shown {
            frame: Frame::of(&caller, "server"),
            head: Head::of(&panel, &server, "history"),
        }),
        Err(missing) => missing,
    }
}

pub(crate) async fn run(
    State(panel): State<Shared>,
    caller: Caller,
    Path((name, run)): Path<(String, String)>,
) -> Response {
    let server = match find(&panel, &name) {
        Ok(server) => server,
        Err(missing) => return missing,
    };
    let head = Head::of(&panel, &server, "history");
    let runs = head.seen.history.value().map(|history| &history.runs);
    let found = runs.and_then(|runs| runs.iter().find(|past| past.run == run).cloned());
    match found {
        Some(run) => page(&ShownRun {
            frame: Frame::of(&caller, "server"),
            head,
            run,
        }),
        None => Refusal::Missing(format!(
            "run {run} among the last ones of {name}; dataflow history --run shows older ones"
        ))
        .at("/servers"),
    }
}

/// Why a run changed something; for one that failed, at what.
fn cause(run: &PastRun) -> String {
    if let Some(step) = run.steps.iter().find(|step| step.error.is_some()) {
        let error = step.error.as_deref().unwrap_or_default();
        return format!("{}: {error}", step.what);
    }
    if let Some(error) = &run.error {
        return error.clone();
    }
    if !run.changed_settings.is_empty() {
        let changes: Vec<String> = run
            .changed_settings
            .iter()
            .map(ToString::to_string)
            .collect();
        return changes.join("; ");
    }
    let waits = |what: &str| what.starts_with("wait ") || what.starts_with("see ");
    let step = run.steps.iter().find(|step| !waits(&step.what));
    step.map_or_else(String::new, |step| format!("{}: {}", step.what, step.why))
}
