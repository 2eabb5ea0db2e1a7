//! `admin/status` and `info`: what this PBX says of itself.

use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answer::Refused;
use super::read;
use crate::world::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/admin/status", get(status))
}

/// Without being signed in.
pub(super) fn open() -> Router<Shared> {
    Router::new().route("/info", get(info))
}

async fn status(State(world): State<Shared>) -> Json<Value> {
    Json(json!({
        "version": world.lock().controls.version,
        "news": null,
        "license_key": null,
        "license_type": null,
        "maintenance_expires_at": null,
        "max_concurrent_calls": 0,
        "licensed_users": 0,
        "current_users": 0,
        "online_users": 0,
        "current_tenants": 0,
        "current_dealers": 0,
        "current_calls": 0,
        "current_trunks": 0,
        "current_conference_servers": 0,
        "current_media_servers": 0,
        "current_call_queue_servers": 0,
        "current_ivr_servers": 0,
        "calls_in_24_hours": [],
    }))
}

async fn info(
    State(world): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refused> {
    read::query(query.as_deref(), &["domain"])?;
    let own = world.lock().own;
    Ok(Json(json!({
        "web_domain": own,
        "private_ipv4": own,
        "public_ipv4": null,
        "enable_ipv6": false,
        "private_ipv6": null,
        "public_ipv6": null,
    })))
}
