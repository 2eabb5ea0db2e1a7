//! The last hand on every answer: what the framework refuses by itself is said as everything else is, and browsers are told what they may do.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use http_body_util::{BodyExt, Limited};

use crate::{panel::Shared, refusal::Refusal};

/// What browsers may do with a page: load from here, send forms to here, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The most bytes of the framework's reason.
const REASON: usize = 1024;

pub(crate) async fn tidy(State(panel): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let mut response = match refused(response.status()) {
        Some(sort) if is_bare(&response) => worded(sort, response, &path).await,
        _ => response,
    };
    protect(&mut response, panel.secure);
    response
}

/// Whether the framework answered: in plain text, or with nothing at all.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn refused(status: StatusCode) -> Option<fn(String) -> Refusal> {
    Some(match status {
        StatusCode::BAD_REQUEST => Refusal::Wrong,
        StatusCode::NOT_FOUND => |_| Refusal::Missing("such thing".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => |_| Refusal::Method,
        StatusCode::PAYLOAD_TOO_LARGE => |_| Refusal::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => |_| Refusal::MediaType,
        StatusCode::UNPROCESSABLE_ENTITY => Refusal::Invalid,
        StatusCode::INTERNAL_SERVER_ERROR => Refusal::Failed,
        _ => return None,
    })
}

/// The same refusal in our words, with the framework's reason and the headers that it set.
async fn worded(sort: fn(String) -> Refusal, response: Response, path: &str) -> Response {
    let (parts, body) = response.into_parts();
    let reason = Limited::new(body, REASON).collect().await;
    let reason = reason.map(|reason| reason.to_bytes()).unwrap_or_default();
    let mut response = sort(String::from_utf8_lossy(&reason).into_owned()).at(path);
    for (name, value) in &parts.headers {
        if *name == header::ALLOW {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// Tells the browser what it may do with an answer.
fn protect(response: &mut Response, secure: bool) {
    let headers = response.headers_mut();
    let all: [(HeaderName, &str); 7] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Without any, browsers would not say of a form from where it was sent.
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
