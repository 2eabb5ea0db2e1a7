//! What can be listened to.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};

use super::stream::{After, answer};
use crate::{guard::Caller, panel::Shared, refusal::Refusal};

pub(crate) async fn overview(
    State(panel): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response {
    let topic = panel.live.overview.clone();
    answer(panel, caller, &topic, &headers, &after)
}

pub(crate) async fn server(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response {
    match panel.fleet.find(&name) {
        Some(server) => answer(panel, caller, &server.topic, &headers, &after),
        None => Refusal::Missing(format!("server {name}")).at("/live/"),
    }
}

pub(crate) async fn logs(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response {
    let Some(server) = panel.fleet.find(&name) else {
        return Refusal::Missing(format!("server {name}")).at("/live/");
    };
    server.logs.want();
    answer(panel, caller, &server.logs.topic, &headers, &after)
}

pub(crate) async fn run(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Response {
    match panel.runs.find(&id) {
        Some(run) => answer(panel, caller, run.topic(), &headers, &after),
        None => Refusal::Missing(format!("run {id}")).at("/live/"),
    }
}
