//! Operations: started, followed, approved, ended.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Answer, ROOT, document::Refusals, json, refuse, view::value};
use crate::{
    guard::Caller,
    panel::Shared,
    refusal::Refusal,
    runs::{Order, Run},
};

/// The highest number of an event that can be asked about.
const LAST: u32 = 1_000_000;

/// An operation of the panel.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RunView {
    /// What it goes by here.
    id: String,
    /// The server.
    server: String,
    /// What was asked for.
    order: Order,
    /// Who asked for it.
    by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    began: Timestamp,
    /// How long it has taken so far, or took, in milliseconds.
    elapsed_ms: u64,
    /// What the server's journal calls it, once it has the lock.
    journal: Option<String>,
    /// How many events it has told.
    events: usize,
    /// How it stands: `state` is `at-work`, `asking` (with the `plan` and its `digest`) or `over` (with `outcome`, `summary`, and
    /// `trouble` where something failed).
    #[schema(value_type = Object)]
    standing: Value,
}

/// Operations of the panel.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct RunsView {
    /// The newest first.
    runs: Vec<RunView>,
}

/// What an operation has told.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Events {
    /// In order, each with its `id`, from 1, and the time `at` which it was told; as `dataflow run --output json` tells them.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
}

/// Which events.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    /// Only those with a higher `id`.
    #[param(minimum = 0, maximum = 1_000_000, default = 0)]
    after: Option<u32>,
}

/// A yes or a no.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// The digest of the plan it is about.
    plan: String,
    /// Whether it is approved.
    approve: bool,
}

impl RunView {
    fn of(run: &Run) -> Self {
        let now = run.snapshot();
        Self {
            id: run.id().to_owned(),
            server: run.server().to_owned(),
            order: run.order().clone(),
            by: run.by().to_owned(),
            began: run.began(),
            elapsed_ms: u64::try_from(now.took.as_millis()).unwrap_or(u64::MAX),
            journal: now.journal,
            events: now.events.len(),
            standing: value(&now.state).unwrap_or_default(),
        }
    }
}

/// The panel's last operations
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs", responses((status = 200, body = RunsView), Refusals))]
pub(crate) async fn list(State(panel): State<Shared>) -> Response {
    let all = panel.runs.all();
    json(&RunsView {
        runs: all.iter().map(|run| RunView::of(run)).collect(),
    })
}

/// One operation
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "runs", params(("id" = String, Path, description = "What the operation goes by")),
    responses((status = 200, body = RunView), Refusals))]
pub(crate) async fn show(State(panel): State<Shared>, Path(id): Path<String>) -> Answer {
    Ok(json(&RunView::of(&*find(&panel, &id)?)))
}

/// What an operation has told so far
#[utoipa::path(get, path = "/api/v1/runs/{id}/events", tag = "runs", params(("id" = String, Path, description = "What the operation goes by"), Which),
    responses((status = 200, body = Events), Refusals))]
pub(crate) async fn events(
    State(panel): State<Shared>,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Answer {
    let after = which.after.unwrap_or_default();
    if after > LAST {
        return Err(refuse(Refusal::Wrong(format!("after: 0 to {LAST}."))));
    }
    let after = usize::try_from(after).unwrap_or(usize::MAX);
    let told = find(&panel, &id)?.snapshot().events;
    let events = told.iter().skip(after).filter_map(value);
    Ok(json(&Events {
        events: events.collect(),
    }))
}

/// Start an operation on a server
///
/// Without `plan`, or where the plan is another one, `run`, `upgrade` and `rm` ask before the first step: see `/runs/{id}/approval`.
#[utoipa::path(post, path = "/api/v1/servers/{name}/runs", tag = "runs", params(("name" = String, Path, description = "The server's name")),
    request_body = Order,
    responses((status = 201, body = RunView, headers(("Location" = String, description = "Where it is"))), Refusals))]
pub(crate) async fn start(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    Json(order): Json<Order>,
) -> Answer {
    let started = panel.runs.start(&panel, &caller, &name, order).await;
    let run = started.map_err(refuse)?;
    let mut response = (StatusCode::CREATED, json(&RunView::of(&run))).into_response();
    let place = HeaderValue::from_str(&format!("{ROOT}/runs/{}", run.id()));
    if let Ok(place) = place {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// Say yes or no to the plan that an operation asks about
#[utoipa::path(post, path = "/api/v1/runs/{id}/approval", tag = "runs", params(("id" = String, Path, description = "What the operation goes by")),
    request_body = Approval, responses((status = 202, description = "It goes on, or ends"), Refusals))]
pub(crate) async fn approval(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Json(approval): Json<Approval>,
) -> Answer {
    let run = find(&panel, &id)?;
    let what = if approval.approve {
        "approved"
    } else {
        "declined"
    };
    on_record(&panel, &caller, &run, &format!("{what} the plan of")).await?;
    let heard = if approval.approve {
        run.approve(&approval.plan)
    } else {
        run.decline()
    };
    if heard {
        Ok(StatusCode::ACCEPTED.into_response())
    } else {
        let detail = "It does not ask about that plan.".to_owned();
        Err(refuse(Refusal::Conflict(detail)))
    }
}

/// Have an operation end: the step at work is given up, and what can be put back is put back
#[utoipa::path(post, path = "/api/v1/runs/{id}/interrupt", tag = "runs", params(("id" = String, Path, description = "What the operation goes by")),
    responses((status = 202, description = "It is going to end"), Refusals))]
pub(crate) async fn interrupt(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer {
    let run = find(&panel, &id)?;
    on_record(&panel, &caller, &run, "interrupted").await?;
    run.interrupt();
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn on_record(panel: &Shared, caller: &Caller, run: &Run, what: &str) -> Result<(), Response> {
    let what = format!("{what} {} {}", run.order().verb.name(), run.id());
    let recorded = panel
        .audit
        .record(&caller.name, caller.address, &what, Some(run.server()));
    let recorded = recorded.await;
    recorded.map_err(|error| refuse(Refusal::not_recorded(&error)))
}

fn find(panel: &Shared, id: &str) -> Result<Arc<Run>, Response> {
    let found = panel.runs.find(id);
    found.ok_or_else(|| refuse(Refusal::Missing(format!("run {id}"))))
}
