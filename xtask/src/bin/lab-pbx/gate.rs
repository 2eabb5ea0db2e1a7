//! What stands before the REST API: notes each request, throttles, and plays the trouble that the controls ask for.

use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;

use crate::listen::From;
use crate::rest::answer::Refused;
use crate::seen;
use crate::world::{Shared, World};

/// Notes each request and its answer, and puts the time on it.
pub(crate) async fn note(
    State(world): State<Shared>,
    Extension(From(from)): Extension<From>,
    request: Request,
    next: Next,
) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or("", |path| path.as_str());
    let noted = world.lock().seen.note(seen::Request {
        method: request.method().to_string(),
        path: path.to_owned(),
        from,
        status: None,
    });
    let mut response = next.run(request).await;
    let mut world = world.lock();
    world.seen.answered(noted, response.status().as_u16());
    let now = world.now().to_zoned(TimeZone::UTC);
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The trouble that the controls ask for, and the limit of requests a minute.
pub(crate) async fn trouble(
    State(world): State<Shared>,
    Extension(From(from)): Extension<From>,
    request: Request,
    next: Next,
) -> Response {
    if ![Method::GET, Method::POST].contains(request.method()) {
        return Refused::method().into_response();
    }
    let (delay, hang, html, is_throttled) = {
        let mut world = world.lock();
        let is_throttled = is_throttled(&mut world, from);
        let controls = &world.controls;
        (controls.delay, controls.hang, controls.html, is_throttled)
    };
    tokio::time::sleep(Duration::from_millis(delay)).await;
    if hang {
        std::future::pending::<()>().await;
    }
    if let Some(status) = html {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        let page =
            "<html><head><title>Gateway</title></head><body><h1>It works!</h1></body></html>";
        return (status, Html(page)).into_response();
    }
    if is_throttled {
        let retry_after = world.lock().controls.retry_after;
        return Refused::throttled(retry_after).into_response();
    }
    next.run(request).await
}

/// What the whitelist is for: who is on it may ask as often as he likes.
fn is_throttled(world: &mut World, from: std::net::IpAddr) -> bool {
    if world.controls.throttle_next > 0 {
        world.controls.throttle_next -= 1;
        return true;
    }
    let now = world.now();
    world.is_one_too_many(from) && !world.ip_filters.accepts(from, now)
}
