//! `ip_filters`: the blacklist and whitelist.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answer::Refused;
use super::read;
use crate::ip_filters::{Change, Entry, IpFilter, Page};
use crate::world::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/ip_filters", get(list).post(create))
        .route("/ip_filters/{id}", get(show).post(update))
        .route("/ip_filters/{id}/destroy", post(destroy))
}

async fn list(
    State(world): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refused> {
    let options = read::query(
        query.as_deref(),
        &["filter", "search", "orderby", "skip", "top"],
    )?;
    let page = Page::of(&options)?;
    let (count, items) = page.cut(world.lock().ip_filters.all());
    Ok(Json(json!({ "count": count, "items": items })))
}

async fn create(
    State(world): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let entry = Entry::try_from(read::body::<Change>(&headers, &body)?)?;
    let id = world.lock().ip_filters.add(entry);
    Ok(Json(json!({ "id": id })))
}

async fn show(
    State(world): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<IpFilter>, Refused> {
    let found = world.lock().ip_filters.get(&id).cloned();
    found.map(Json).ok_or(Refused::not_found("no such rule"))
}

/// Takes the fields that are given and leaves the others. Answers without a body.
async fn update(
    State(world): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(), Refused> {
    let change: Change = read::body(&headers, &body)?;
    let mut world = world.lock();
    let rule = world.ip_filters.get_mut(&id);
    let rule = rule.ok_or(Refused::not_found("no such rule"))?;
    rule.entry = change.on(&rule.entry)?;
    Ok(())
}

async fn destroy(
    State(world): State<Shared>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    if world.lock().ip_filters.remove(&id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        // As documented: 400, not 404.
        Err(Refused::unknown(
            StatusCode::BAD_REQUEST,
            "invalid rule ID supplied",
        ))
    }
}
