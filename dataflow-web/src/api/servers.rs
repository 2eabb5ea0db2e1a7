//! What is known of servers.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Answer,
    document::Refusals,
    json, refuse,
    view::{Server, of_server, value},
};
use crate::{
    fleet::{LogState, Looked, Sample, Trouble, Watched},
    guard::Caller,
    panel::Shared,
    refusal::Refusal,
};

/// How long the first lines of a log are waited for.
const FIRST_LINES: Duration = Duration::from_secs(10);

/// All servers.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Servers {
    /// In the order of the settings file.
    servers: Vec<Server>,
}

/// Something that is looked at now and then.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Look {
    /// When it was seen; `null` where it was not yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// What was seen, as `dataflow` tells it with `--output json`.
    #[schema(value_type = Option<Object>)]
    seen: Option<Value>,
    /// Why it was not seen at the last look.
    trouble: Option<Trouble>,
}

impl Look {
    fn of<T: Serialize>(looked: &Looked<T>) -> Self {
        Self {
            at: looked.at(),
            seen: looked.value().and_then(value),
            trouble: looked.trouble().cloned(),
        }
    }
}

/// Figures over time.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Samples {
    /// The oldest first.
    samples: Vec<Sample>,
}

/// What must be so at the PBX and in the network.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Prerequisites {
    /// When it was seen; `null` where it was not yet.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// The checklist, as `dataflow prerequisites --output json` has it.
    #[schema(value_type = Vec<Object>)]
    prerequisites: Vec<Value>,
}

/// What the containers write.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Lines {
    /// Whether they are read as they are written: `idle`, `opening`, `following` or `trouble`.
    state: &'static str,
    /// Why they can't be read.
    trouble: Option<Trouble>,
    /// The oldest first, as `dataflow logs --output json` tells them.
    #[schema(value_type = Vec<Object>)]
    lines: Vec<Value>,
}

/// How many lines.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct HowMany {
    /// The most lines that are told.
    #[param(minimum = 1, maximum = 2000, default = 100)]
    lines: Option<u16>,
}

/// All servers, as they were last seen
#[utoipa::path(get, path = "/api/v1/servers", tag = "servers",
    responses((status = 200, body = Servers), (status = 304, description = "Nothing has changed since the answer with that ETag"), Refusals))]
pub(crate) async fn list(State(panel): State<Shared>, headers: HeaderMap) -> Response {
    let version = panel.fleet.version();
    panel.fleet.cached.answer(version, &headers, || {
        let all = panel.fleet.servers();
        let servers = all.iter().map(|server| of_server(&panel, server));
        let servers = Servers {
            servers: servers.collect(),
        };
        serde_json::to_vec(&servers).unwrap_or_default()
    })
}

/// One server, as it was last seen
#[utoipa::path(get, path = "/api/v1/servers/{name}", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 200, body = Server), (status = 304, description = "Nothing has changed since the answer with that ETag"), Refusals))]
pub(crate) async fn show(
    State(panel): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let server = find(&panel, &name)?;
    let answer = server.cached.answer(server.version(), &headers, || {
        serde_json::to_vec(&of_server(&panel, &server)).unwrap_or_default()
    });
    Ok(answer)
}

/// Has a server looked at now: what it does, its plan, its history, its fitness
#[utoipa::path(post, path = "/api/v1/servers/{name}/look", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 202, description = "It will be looked at"), Refusals))]
pub(crate) async fn look(State(panel): State<Shared>, Path(name): Path<String>) -> Answer {
    find(&panel, &name)?.look_at_all();
    Ok(StatusCode::ACCEPTED.into_response())
}

/// What `run` would do
#[utoipa::path(get, path = "/api/v1/servers/{name}/plan", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 200, body = Look), Refusals))]
pub(crate) async fn plan(State(panel): State<Shared>, Path(name): Path<String>) -> Answer {
    Ok(json(&Look::of(&find(&panel, &name)?.seen().plan)))
}

/// Whether the machine is fit, check by check
#[utoipa::path(get, path = "/api/v1/servers/{name}/preflight", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 200, body = Look), Refusals))]
pub(crate) async fn preflight(State(panel): State<Shared>, Path(name): Path<String>) -> Answer {
    let seen = find(&panel, &name)?.seen();
    let fitness = &seen.fitness;
    Ok(json(&Look {
        at: fitness.at(),
        seen: fitness.value().and_then(|fitness| value(&fitness.report)),
        trouble: fitness.trouble().cloned(),
    }))
}

/// What must be so at the PBX and in the network
#[utoipa::path(get, path = "/api/v1/servers/{name}/prerequisites", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 200, body = Prerequisites), Refusals))]
pub(crate) async fn prerequisites(State(panel): State<Shared>, Path(name): Path<String>) -> Answer {
    let seen = find(&panel, &name)?.seen();
    let status = seen.status.as_deref();
    let list = status.map_or(&[][..], |status| &status.prerequisites);
    Ok(json(&Prerequisites {
        at: seen.answered,
        prerequisites: list.iter().filter_map(value).collect(),
    }))
}

/// What was done to a server, the newest first, whoever did it
#[utoipa::path(get, path = "/api/v1/servers/{name}/history", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 200, body = Look), Refusals))]
pub(crate) async fn history(State(panel): State<Shared>, Path(name): Path<String>) -> Answer {
    Ok(json(&Look::of(&find(&panel, &name)?.seen().history)))
}

/// Figures of the last hours
#[utoipa::path(get, path = "/api/v1/servers/{name}/samples", tag = "servers", params(("name" = String, Path, description = "The server's name")),
    responses((status = 200, body = Samples), Refusals))]
pub(crate) async fn samples(State(panel): State<Shared>, Path(name): Path<String>) -> Answer {
    let series = find(&panel, &name)?.series();
    Ok(json(&Samples {
        samples: series.samples().copied().collect(),
    }))
}

/// The last lines that the containers wrote. The first who asks waits for them
#[utoipa::path(get, path = "/api/v1/servers/{name}/logs", tag = "servers",
    params(("name" = String, Path, description = "The server's name"), HowMany),
    responses((status = 200, body = Lines), Refusals))]
pub(crate) async fn logs(
    State(panel): State<Shared>,
    Path(name): Path<String>,
    Query(how_many): Query<HowMany>,
) -> Answer {
    let most = how_many.lines.unwrap_or(100);
    if !(1..=2000).contains(&most) {
        return Err(refuse(Refusal::Wrong("lines: 1 to 2000.".to_owned())));
    }
    let server = find(&panel, &name)?;
    let mut listener = server
        .logs
        .topic
        .listen(None, Some(&server.logs.topic.place()));
    server.logs.want();
    let waits = matches!(server.logs.last(1).1, LogState::Idle | LogState::Opening);
    if waits {
        let told = async {
            // Idle, opening, following: the lines come after that.
            while listener.next().await.is_some() {
                let (lines, state, _) = server.logs.last(1);
                if !lines.is_empty() || matches!(state, LogState::Trouble(_)) {
                    return;
                }
            }
        };
        let _what_there_is = tokio::time::timeout(FIRST_LINES, told).await;
    }
    let (lines, state, _) = server.logs.last(usize::from(most));
    let (state, trouble) = match state {
        LogState::Idle => ("idle", None),
        LogState::Opening => ("opening", None),
        LogState::Following => ("following", None),
        LogState::Trouble(trouble) => ("trouble", Some(trouble)),
    };
    Ok(json(&Lines {
        state,
        trouble,
        lines: lines.iter().filter_map(|line| value(&**line)).collect(),
    }))
}

/// The server of this name.
pub(super) fn find(panel: &Shared, name: &str) -> Result<Arc<Watched>, Response> {
    let found = panel.fleet.find(name);
    found.ok_or_else(|| refuse(Refusal::Missing(format!("server {name}"))))
}

/// Who asks, as the API tells them.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Me {
    /// The user's name, or `token NAME`.
    name: String,
    /// What they may do.
    role: crate::account::Role,
}

/// Who asks
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses((status = 200, body = Me), Refusals))]
pub(crate) async fn me(caller: Caller) -> Response {
    json(&Me {
        name: caller.name,
        role: caller.role,
    })
}
