//! What a request gets that is not answered: for programs as RFC 9457 has it, for people as a page.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{account::Role, pages};

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It makes no sense; what is wrong with it.
    Wrong(String),
    /// Nobody has signed in.
    Unknown,
    /// The role is not enough.
    Role(Role),
    /// It does not come from a page of this panel.
    Elsewhere,
    /// Its page belongs to a session that is over.
    Stale,
    /// The panel is called by a name that is none of its own.
    Name,
    /// There is no such thing.
    Missing(String),
    /// Not with this method.
    Method,
    /// It does not go with how things are.
    Conflict(String),
    /// Too many bytes.
    TooLarge,
    /// It took too long to come.
    TooSlow,
    /// Not in a form that is read.
    MediaType,
    /// Understood, and not allowed as it is.
    Invalid(String),
    /// Too often; try again after so many seconds.
    TooOften(u64),
    /// Not now; try again.
    Busy(String),
    /// Something failed here.
    Failed(String),
}

/// A problem as RFC 9457 has it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// What sort of problem it is: always `about:blank`, so the status says it.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The sort in words.
    title: &'static str,
    /// The status code.
    status: u16,
    /// What happened.
    detail: String,
}

/// Whether what is there is read by programs.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/api/", "/live/", "/metrics", "/healthz"]
        .iter()
        .any(|start| path.starts_with(start))
}

impl Refusal {
    /// What can't be recorded is not done.
    pub(crate) fn not_recorded(error: &std::io::Error) -> Self {
        Self::Failed(format!(
            "It was not done, since it can't be recorded: {error}."
        ))
    }

    /// The status code.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Wrong(_) => StatusCode::BAD_REQUEST,
            Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::Role(_) | Self::Elsewhere | Self::Stale => StatusCode::FORBIDDEN,
            Self::Name => StatusCode::MISDIRECTED_REQUEST,
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sort in words that people use.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Wrong(_) => "This makes no sense here",
            Self::Unknown => "Nobody has signed in",
            Self::Role(_) => "This is for another role",
            Self::Elsewhere => "This did not come from here",
            Self::Stale => "This page is out of date",
            Self::Name => "Not by this name",
            Self::Missing(_) => "Not there",
            Self::Method => "Not with this method",
            Self::Conflict(_) => "Not as things are now",
            Self::TooLarge => "Too large",
            Self::TooSlow => "Too slow",
            Self::MediaType => "Not in this form",
            Self::Invalid(_) => "Not as it is",
            Self::TooOften(_) => "Too often",
            Self::Busy(_) => "Not now",
            Self::Failed(_) => "Something failed here",
        }
    }

    /// What happened, and what to do about it.
    pub(crate) fn detail(&self) -> String {
        match self {
            Self::Wrong(detail)
            | Self::Conflict(detail)
            | Self::Invalid(detail)
            | Self::Busy(detail)
            | Self::Failed(detail) => detail.clone(),
            Self::Unknown => "Sign in first, or show a token that is valid.".to_owned(),
            Self::Role(least) => format!("This needs the role {} or a higher one.", least.name()),
            Self::Elsewhere => {
                "This was not sent by a page of this panel, so it was not done.".to_owned()
            }
            Self::Stale => {
                "The page this was sent from belongs to another session, or says nothing of it. Load it again."
                    .to_owned()
            }
            Self::Name => {
                "This panel does not go by that name. Start it with --name HOST to have it do so."
                    .to_owned()
            }
            Self::Missing(what) => format!("There is no {what}."),
            Self::Method => "Not with this method.".to_owned(),
            Self::TooLarge => format!("A request may have {} KiB.", crate::guard::BODY / 1024),
            Self::TooSlow => "The request took too long to come.".to_owned(),
            Self::MediaType => "This is read as JSON only: Content-Type: application/json.".to_owned(),
            Self::TooOften(seconds) => {
                format!("Too many failed tries. The next one is taken in {seconds} s.")
            }
        }
    }

    /// The answer to a request for `path`.
    pub(crate) fn at(self, path: &str) -> Response {
        let mut response = if is_for_programs(path) {
            self.problem()
        } else {
            pages::refused(&self)
        };
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        match &self {
            Self::Unknown => {
                let bearer = HeaderValue::from_static("Bearer");
                headers.insert(header::WWW_AUTHENTICATE, bearer);
            }
            Self::TooOften(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::Busy(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(2));
            }
            _ => {}
        }
        response
    }

    fn problem(&self) -> Response {
        let status = self.status();
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.detail(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        ([(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
