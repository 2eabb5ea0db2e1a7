//! `auth/…`: signing in and out. There is one account, the system administrator's; there are no tenants.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refused;
use super::{bearer, read};
use crate::sessions::Session;
use crate::world::Shared;

/// What the documentation says of names: these are the administrator's.
const ADMINISTRATORS: [&str; 4] = ["admin", "system", "administrator", "root"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    username: String,
    password: String,
    domain: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyOtp {
    token: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshToken {
    refresh_token: String,
}

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/auth/sign_in", post(sign_in))
        .route("/auth/verify_otp", post(verify_otp))
        .route("/auth/refresh_token", post(refresh_token))
}

pub(super) fn signed_in() -> Router<Shared> {
    Router::new()
        .route("/auth/user", get(user))
        .route("/auth/sign_out", post(sign_out))
}

async fn sign_in(
    State(world): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    for (name, value) in read::query(query.as_deref(), &["qr"])? {
        if !["true", "false"].contains(&value.as_str()) {
            return Err(Refused::invalid(&name, "neither true nor false"));
        }
    }
    let given: SignIn = read::body(&headers, &body)?;
    read::text("username", &given.username, 1, 64)?;
    if let Some(domain) = &given.domain {
        read::text("domain", domain, 1, 280)?;
    }
    let mut world = world.lock();
    // Without a domain it is the system administrator who signs in.
    let is_right = given.domain.is_none()
        && ADMINISTRATORS.contains(&given.username.to_ascii_lowercase().as_str())
        && given.password == world.password();
    if !is_right {
        return Err(Refused::unauthorized("wrong username or password"));
    }
    if world.controls.locked {
        // How the vendor tells of it is not documented: the lab's choice.
        return Err(Refused::unknown(
            StatusCode::FORBIDDEN,
            "the account is locked",
        ));
    }
    let now = world.now();
    if world.controls.code.is_some() {
        let token = world.sessions.half_open(now);
        return Ok(Json(json!({ "two_factor_enabled": true, "token": token })));
    }
    let expires_in = world.controls.expires_in;
    Ok(tokens(&world.sessions.open(now, expires_in), expires_in))
}

async fn verify_otp(
    State(world): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let given: VerifyOtp = read::body(&headers, &body)?;
    let mut world = world.lock();
    let now = world.now();
    let is_right = world.controls.code.as_ref() == Some(&given.code);
    if !world.sessions.take_code(&given.token, is_right, now) {
        return Err(Refused::unauthorized("wrong code, or too late"));
    }
    let expires_in = world.controls.expires_in;
    Ok(tokens(&world.sessions.open(now, expires_in), expires_in))
}

async fn refresh_token(
    State(world): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let given: RefreshToken = read::body(&headers, &body)?;
    let mut world = world.lock();
    let (now, expires_in) = (world.now(), world.controls.expires_in);
    let session = world
        .sessions
        .refresh(&given.refresh_token, now, expires_in);
    let session = session.ok_or(Refused::unauthorized("no such session, or no longer"))?;
    Ok(tokens(&session, expires_in))
}

async fn user() -> Json<Value> {
    Json(json!({ "role": "SystemAdmin", "password_verified": true, "password_force_reset": false }))
}

async fn sign_out(State(world): State<Shared>, headers: HeaderMap) {
    if let Some(access) = bearer(&headers) {
        world.lock().sessions.close(access);
    }
}

fn tokens(session: &Session, expires_in: i64) -> Json<Value> {
    Json(json!({
        "token_type": "Bearer",
        "access_token": session.access,
        "refresh_token": session.refresh,
        "expires_in": expires_in,
    }))
}
