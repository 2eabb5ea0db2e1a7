//! The REST API, a file for each kind of resource. Only what is documented is taken: an unknown path, method, field or query option is
//! refused.

mod admin;
pub(crate) mod answer;
mod auth;
mod dataflow_token;
mod ip_filters;
mod read;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};

use crate::gate;
use crate::world::Shared;
use answer::Refused;

const BASE: &str = "/api";

pub(crate) fn router(world: Shared) -> Router {
    let signed_in = admin::router()
        .merge(auth::signed_in())
        .merge(dataflow_token::router())
        .merge(ip_filters::router())
        .route_layer(middleware::from_fn_with_state(
            world.clone(),
            signed_in_only,
        ));
    let all = auth::router()
        .merge(admin::open())
        .merge(signed_in)
        .method_not_allowed_fallback(|| async { Refused::method() });
    Router::new()
        .nest(BASE, all)
        .fallback(|| async { Refused::not_found("no such path") })
        .layer(middleware::from_fn_with_state(world.clone(), gate::trouble))
        .layer(middleware::from_fn_with_state(world.clone(), gate::note))
        .with_state(world)
}

/// What follows `Bearer ` in the header Authorization.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    header.strip_prefix("Bearer ")
}

async fn signed_in_only(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let is_open = bearer(request.headers()).is_some_and(|access| {
        let world = world.lock();
        world.sessions.is_open(access, world.now())
    });
    if is_open {
        next.run(request).await
    } else {
        Refused::unauthorized("not signed in, or no longer").into_response()
    }
}
