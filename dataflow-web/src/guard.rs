//! Who may do what: asked before every route, in one place. No handler is reached by somebody who may not reach it.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{
    account::{COOKIE, Hash, Role, Session},
    names,
    panel::Shared,
    refusal::Refusal,
};

/// The most bytes of a request's body.
pub(crate) const BODY: usize = 64 * 1024;

/// How long it may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a route demands of the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    Nobody,
    /// To have signed in, or to show a token, with this role or a higher one.
    Role(Role),
}

/// A route's guard.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) panel: Shared,
    pub(crate) need: Need,
}

/// Where a request came from; put into it by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Who asks, as the guard has found.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Their name, or `token NAME`.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// Their session; `None` for a program with a token.
    pub(crate) session: Option<Session>,
    /// From where.
    pub(crate) address: IpAddr,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // A route for nobody in particular that takes a caller is a mistake of ours.
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// The address that a request came from.
pub(crate) fn address(parts: &axum::http::Extensions) -> IpAddr {
    let peer = parts.get::<Peer>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(peer)| peer.ip())
}

/// Lets a request through to its handler, or not.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    match judge(&guard, request).await {
        Ok(judged) => {
            request = judged;
            next.run(request).await
        }
        Err(response) => response,
    }
}

async fn judge(guard: &Guard, mut request: Request) -> Result<Request, Response> {
    let address = address(request.extensions());
    let path = request.uri().path().to_owned();
    let refuse = |refusal: Refusal| refusal.at(&path);
    if !guard.panel.names.allow(request.headers()) {
        return Err(refuse(Refusal::Name));
    }
    let live = path.starts_with("/live/");
    let caller = who(&guard.panel, request.headers(), address, !live);
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    match guard.need {
        Need::Nobody => {
            if changes && !names::from_here(request.headers()) {
                return Err(refuse(Refusal::Elsewhere));
            }
        }
        Need::Role(least) => {
            let Some(caller) = &caller else {
                return Err(not_signed_in(&request));
            };
            if changes && caller.session.is_some() && !names::from_here(request.headers()) {
                return Err(refuse(Refusal::Elsewhere));
            }
            if caller.role < least {
                return Err(refuse(Refusal::Role(least)));
            }
        }
    }
    if changes {
        let body = read(&mut request).await.map_err(refuse)?;
        let session = caller.as_ref().and_then(|caller| caller.session.as_ref());
        if let (Need::Role(_), Some(session)) = (guard.need, session)
            && !proves(session, request.headers(), &body)
        {
            return Err(refuse(Refusal::Stale));
        }
        *request.body_mut() = Body::from(body);
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    Ok(request)
}

/// Who asks, by a token or by the cookie of a session. A token that is none is nobody's, whatever cookie comes with it.
fn who(panel: &Shared, headers: &HeaderMap, address: IpAddr, used: bool) -> Option<Caller> {
    let kept = panel.accounts.kept();
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
        let token = scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| kept.tokens.get(&Hash::of(token.trim())))??;
        token.used.now();
        return Some(Caller {
            name: format!("token {}", token.name),
            role: token.role,
            session: None,
            address,
        });
    }
    let session = panel.sessions.find(cookie(headers, COOKIE)?, used)?;
    let user = kept.users.get(&session.user)?;
    Some(Caller {
        name: session.user.clone(),
        role: user.role,
        session: Some(session),
        address,
    })
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

/// The whole of a request's body: bounded, and within a time, so that nobody keeps a handler waiting.
async fn read(request: &mut Request) -> Result<Bytes, Refusal> {
    let body = std::mem::take(request.body_mut());
    let body = Limited::new(body, BODY).collect();
    match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Ok(Err(_)) => Err(Refusal::Wrong("The request breaks off.".to_owned())),
        Err(_) => Err(Refusal::TooSlow),
    }
}

/// Whether a request says what only a page of this session knows: in a header, or in a form's field `csrf`.
fn proves(session: &Session, headers: &HeaderMap, body: &Bytes) -> bool {
    match headers.get("x-csrf-token") {
        Some(said) => is_same(said.as_bytes(), session),
        None => {
            is_form(headers)
                && field(body, "csrf").is_some_and(|said| is_same(said.as_bytes(), session))
        }
    }
}

/// Compares hashes, which takes as long wherever the two differ.
fn is_same(said: &[u8], session: &Session) -> bool {
    let said = std::str::from_utf8(said).unwrap_or_default();
    Hash::of(said) == Hash::of(&session.csrf)
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// A form's field that needs no decoding: the token is of letters, digits, - and _.
fn field<'a>(body: &'a Bytes, name: &str) -> Option<&'a str> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&')
        .filter_map(|field| field.split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

fn not_signed_in(request: &Request) -> Response {
    let path = request.uri().path();
    let is_page = request.method() == Method::GET && !crate::refusal::is_for_programs(path);
    if is_page {
        let back = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        return Redirect::to(&format!("/sign-in?next={}", encoded(back))).into_response();
    }
    Refusal::Unknown.at(path)
}

/// Text as it can stand in the query of an address.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
