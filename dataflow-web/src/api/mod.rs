//! The API, version 1: what pages show and do, for programs. `document.rs` describes it as OpenAPI.

pub(crate) mod accounts;
pub(crate) mod cached;
pub(crate) mod document;
pub(crate) mod operations;
pub(crate) mod servers;
mod view;

use axum::{
    body::Bytes,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::refusal::Refusal;
pub(crate) use cached::Cached;

/// Where it is.
pub(crate) const ROOT: &str = "/api/v1";

/// An answer, or why there is none.
pub(crate) type Answer = Result<Response, Response>;

/// An answer in JSON.
fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(text) => json_text(text.into()),
        Err(error) => refuse(Refusal::Failed(error.to_string())),
    }
}

/// An answer that is JSON already.
fn json_text(text: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// No answer, as RFC 9457 has it.
fn refuse(refusal: Refusal) -> Response {
    refusal.at(ROOT_SLASH)
}

const ROOT_SLASH: &str = "/api/v1/";
