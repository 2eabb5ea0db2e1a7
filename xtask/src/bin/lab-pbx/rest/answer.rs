//! Errors in the documented shape.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refusal. Two codes are documented, and the second is for fields.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    detail: Value,
    retry_after: Option<u64>,
}

impl Refused {
    /// A field or query option that makes no sense.
    pub(crate) fn invalid(field: &str, why: impl Into<String>) -> Self {
        Self {
            code: "VALIDATE_FAILED",
            detail: json!({ "field": field, "reason": why.into() }),
            ..Self::unknown(StatusCode::BAD_REQUEST, "field validation failed")
        }
    }

    pub(crate) fn unauthorized(message: &'static str) -> Self {
        Self::unknown(StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn not_found(message: &'static str) -> Self {
        Self::unknown(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn method() -> Self {
        Self::unknown(StatusCode::METHOD_NOT_ALLOWED, "no such method here")
    }

    /// Too many requests. The status is not documented: it is the lab's choice, and so is the header.
    pub(crate) fn throttled(retry_after: Option<u64>) -> Self {
        Self {
            retry_after,
            ..Self::unknown(StatusCode::TOO_MANY_REQUESTS, "too many requests")
        }
    }

    pub(crate) fn unknown(status: StatusCode, message: &'static str) -> Self {
        Self {
            status,
            code: "UNKNOWN",
            message,
            detail: Value::Null,
            retry_after: None,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut error = json!({ "code": self.code, "message": self.message });
        if !self.detail.is_null() {
            error["detail"] = self.detail;
        }
        let mut response = (self.status, Json(json!({ "errors": [error] }))).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
