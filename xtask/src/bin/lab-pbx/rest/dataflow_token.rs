//! `lab/dataflow_token`: the token of the Data Flow server. The vendor's path for it is not documented, so this is the lab's own,
//! in the shape of the documented one for the IM server (`im/token`).

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::world::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/lab/dataflow_token", get(show).post(generate))
        .route("/lab/dataflow_token/destroy", post(destroy))
}

async fn show(State(world): State<Shared>) -> Json<Value> {
    Json(json!({ "token": world.lock().token }))
}

async fn generate(State(world): State<Shared>) -> Json<Value> {
    Json(json!({ "token": world.lock().generate_token() }))
}

async fn destroy(State(world): State<Shared>) -> StatusCode {
    world.lock().token = None;
    StatusCode::NO_CONTENT
}
