//! What the Data Flow service asks its PBX. The vendor's way is not documented: all of this is the lab's own, so that its stand-in for
//! the service works only while the prerequisites do.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router, middleware};
use serde_json::json;

use crate::gate;
use crate::listen::From;
use crate::rest::answer::Refused;
use crate::rest::bearer;
use crate::world::Shared;

pub(crate) const PATH: &str = "/lab/dataflow";

pub(crate) fn router(world: Shared) -> Router {
    Router::new()
        .route(PATH, get(ask))
        .layer(middleware::from_fn_with_state(world.clone(), gate::note))
        .with_state(world)
}

/// 200 for a server that is on the whitelist and shows the token, where one was generated.
///
/// A server that is not on the whitelist has its requests throttled, by the documentation. By which status and from which request on
/// is not documented: here it is 429 and the first, since a service that works for some seconds of each minute would tell a test
/// nothing.
async fn ask(
    State(world): State<Shared>,
    Extension(From(from)): Extension<From>,
    headers: HeaderMap,
) -> Response {
    let world = world.lock();
    if !world.ip_filters.accepts(from, world.now()) {
        return Refused::throttled(world.controls.retry_after).into_response();
    }
    match &world.token {
        Some(token) if bearer(&headers) != Some(token) => {
            Refused::unauthorized("not the token of this Data Flow server").into_response()
        }
        _ => Json(json!({ "version": world.controls.version })).into_response(),
    }
}
