//! The control API: how tests make this PBX what they need, look at what it was asked, and do what somebody else might do at its
//! portal. Plain HTTP, on a port of its own.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::certificates::Certificates;
use crate::controls::Controls;
use crate::ip_filters::{Change, Entry, IpFilter};
use crate::rest::answer::Refused;
use crate::seen::Request;
use crate::sessions::Sessions;
use crate::world::{Beginning, Shared, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    state: Beginning,
}

pub(crate) fn router(world: Shared, certificates: Arc<Certificates>) -> Router {
    Router::new()
        .route("/reset", post(reset))
        .route("/controls", get(controls).post(control))
        .route("/requests", get(requests))
        .route("/requests/clear", post(forget_requests))
        .route("/sessions/close", post(close_sessions))
        .route("/ip_filters", get(ip_filters).post(add_ip_filter))
        .route("/ip_filters/clear", post(clear_ip_filters))
        .route("/ip_filters/{id}/destroy", post(remove_ip_filter))
        .route("/dataflow_token", get(token).post(generate_token))
        .route("/dataflow_token/destroy", post(destroy_token))
        .route("/instances/{address}", post(set_instance))
        .route("/fingerprint", get(fingerprint))
        .layer(Extension(certificates))
        .with_state(world)
}

async fn reset(State(world): State<Shared>, Json(reset): Json<Reset>) {
    change(&world, |world| world.begin(reset.state));
}

async fn controls(State(world): State<Shared>) -> Json<Controls> {
    Json(world.lock().controls.clone())
}

/// Takes the controls that are given and leaves the others.
async fn control(
    State(world): State<Shared>,
    Json(given): Json<Value>,
) -> Result<Json<Controls>, (StatusCode, String)> {
    let new = world.lock().controls.with(&given);
    let new = new.map_err(|why| (StatusCode::BAD_REQUEST, why))?;
    change(&world, |world| world.controls = new.clone());
    Ok(Json(new))
}

/// Connections end where new ones would now find another door.
fn change(world: &Shared, change: impl FnOnce(&mut World)) {
    let door = |world: &World| (world.controls.listening, world.controls.certificate);
    let mut locked = world.lock();
    let before = door(&locked);
    change(&mut locked);
    if door(&locked) != before {
        world.tell_listener();
    }
}

/// Of the certificate that new connections get.
async fn fingerprint(
    State(world): State<Shared>,
    Extension(certificates): Extension<Arc<Certificates>>,
) -> Json<Value> {
    let kind = world.lock().controls.certificate;
    Json(json!({ "fingerprint": certificates.fingerprint(kind) }))
}

async fn requests(State(world): State<Shared>) -> Json<Vec<Request>> {
    Json(world.lock().seen.all())
}

async fn forget_requests(State(world): State<Shared>) {
    world.lock().seen.clear();
}

async fn close_sessions(State(world): State<Shared>) {
    world.lock().sessions = Sessions::default();
}

async fn ip_filters(State(world): State<Shared>) -> Json<Vec<IpFilter>> {
    Json(world.lock().ip_filters.all().to_vec())
}

async fn add_ip_filter(
    State(world): State<Shared>,
    Json(given): Json<Change>,
) -> Result<Json<Value>, Refused> {
    let entry = Entry::try_from(given)?;
    let id = world.lock().ip_filters.add(entry);
    Ok(Json(json!({ "id": id })))
}

async fn clear_ip_filters(State(world): State<Shared>) {
    world.lock().ip_filters.clear();
}

async fn remove_ip_filter(State(world): State<Shared>, Path(id): Path<String>) -> StatusCode {
    match world.lock().ip_filters.remove(&id) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::NOT_FOUND,
    }
}

async fn token(State(world): State<Shared>) -> Json<Value> {
    Json(json!({ "token": world.lock().token }))
}

/// A new token, as if somebody had generated it at the portal.
async fn generate_token(State(world): State<Shared>) -> Json<Value> {
    Json(json!({ "token": world.lock().generate_token() }))
}

/// From now on no token is asked of the service.
async fn destroy_token(State(world): State<Shared>) {
    world.lock().token = None;
}

/// The metadata of the instance at that address: the given paths in place of its own, and without those that are null.
async fn set_instance(
    State(world): State<Shared>,
    Path(address): Path<IpAddr>,
    Json(given): Json<BTreeMap<String, Option<String>>>,
) {
    world.lock().instances.change(address, given);
}
