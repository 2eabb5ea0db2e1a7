//! Signing in and out.

use askama::Template;
use axum::{
    Form,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Frame, page};
use crate::{
    account::{COOKIE, Hash, LONGEST, Refused, Secret, Whose},
    guard::{self, Caller},
    panel::{Panel, Shared},
    refusal::Refusal,
};

/// The cookie by which a browser is known in which its user has signed in before.
const BROWSER: &str = "__Host-browser";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    /// Where to go then.
    next: String,
    /// The name that was tried.
    name: String,
    /// What is wrong.
    problem: Option<String>,
    /// Whether there is nobody yet who could sign in.
    nobody: bool,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(crate) struct Tried {
    name: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    if request.extensions().get::<Caller>().is_some() {
        return Redirect::to(&local(asked.next)).into_response();
    }
    page(&SignIn {
        frame: Frame::bare(),
        next: local(asked.next),
        name: String::new(),
        problem: None,
        nobody: panel.accounts.kept().users.is_empty(),
    })
}

pub(crate) async fn sign_in(
    State(panel): State<Shared>,
    extensions: axum::http::Extensions,
    headers: HeaderMap,
    Form(tried): Form<Tried>,
) -> Response {
    let address = guard::address(&extensions);
    let browser = guard::cookie(&headers, BROWSER).map(Hash::of);
    match verify(&panel, &tried, address, browser.as_ref()).await {
        Ok(()) => begin(&panel, &tried.name, address, browser, &local(tried.next)).await,
        Err(refusal) => {
            let status = refusal.status();
            let mut response = page(&SignIn {
                frame: Frame::bare(),
                next: local(tried.next),
                name: tried.name,
                problem: Some(match &refusal {
                    Refusal::Unknown => {
                        "This name and this password do not go together.".to_owned()
                    }
                    other => other.detail(),
                }),
                nobody: false,
            });
            *response.status_mut() = status;
            if let Refusal::TooOften(seconds) = refusal {
                let wait = HeaderValue::from(seconds);
                response.headers_mut().insert(header::RETRY_AFTER, wait);
            }
            response
        }
    }
}

/// Whether name and password go together. Takes as long for a name that nobody has.
async fn verify(
    panel: &Panel,
    tried: &Tried,
    address: std::net::IpAddr,
    browser: Option<&Hash>,
) -> Result<(), Refusal> {
    use secrecy::ExposeSecret;
    if tried.password.expose_secret().len() > LONGEST {
        return Err(Refusal::Unknown);
    }
    let kept = panel.accounts.kept();
    let user = kept.users.get(&tried.name);
    let known =
        browser.is_some_and(|browser| user.is_some_and(|user| user.browsers.contains(browser)));
    if !known && let Err(Refused(wait)) = panel.throttle.admit(&tried.name, address) {
        return Err(Refusal::TooOften(wait.as_secs() + 1));
    }
    let hash = user.map(|user| user.password.as_str());
    let whose = if known { Whose::Known } else { Whose::Anybodys };
    let password = tried.password.clone();
    let fits = panel.hasher.verify(whose, password, hash).await;
    if fits.map_err(|busy| Refusal::Busy(busy.to_string()))? {
        panel.throttle.forgive(&tried.name, address);
        return Ok(());
    }
    // The name may be a password that was typed into the wrong field: only one that somebody has is recorded.
    let who = if user.is_some() {
        tried.name.as_str()
    } else {
        "somebody unknown"
    };
    let recorded = panel.audit.record(who, address, "failed to sign in", None);
    recorded
        .await
        .map_err(|error| Refusal::not_recorded(&error))?;
    Err(Refusal::Unknown)
}

/// Begins a session, and remembers the browser.
pub(super) async fn begin(
    panel: &Panel,
    name: &str,
    address: std::net::IpAddr,
    browser: Option<Hash>,
    next: &str,
) -> Response {
    let recorded = panel.audit.record(name, address, "signed in", None);
    if let Err(error) = recorded.await {
        return Refusal::not_recorded(&error).at("/sign-in");
    }
    let mut response = Redirect::to(next).into_response();
    let headers = response.headers_mut();
    let session = panel.sessions.begin(name);
    set_cookie(headers, COOKIE, session.text(), "");
    let kept = panel.accounts.kept();
    let user = kept.users.get(name);
    let known =
        user.is_some_and(|user| browser.is_some_and(|browser| user.browsers.contains(&browser)));
    if !known {
        let secret = Secret::new();
        // A browser that is not remembered is one that has to wait like any other.
        if panel
            .accounts
            .know_browser(name, secret.hash())
            .await
            .is_ok()
        {
            set_cookie(headers, BROWSER, secret.text(), "; Max-Age=31536000");
        }
    }
    response
}

pub(crate) async fn sign_out(State(panel): State<Shared>, caller: Caller) -> Response {
    if let Some(session) = &caller.session {
        panel.sessions.end(&session.id);
    }
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(response.headers_mut(), COOKIE, "", "; Max-Age=0");
    let clear = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", clear);
    response
}

fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str, more: &str) {
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{more}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// A place in the panel, and none elsewhere: browsers take `//host` and `/\host` for other machines.
pub(super) fn local(next: String) -> String {
    let here = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control);
    if here { next } else { "/".to_owned() }
}

/// A status for a page.
pub(super) fn with_status(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_sent_elsewhere() {
        for (next, to) in [
            ("/servers/eu?x=1", "/servers/eu?x=1"),
            ("", "/"),
            ("//evil.example.com", "/"),
            ("/\\evil.example.com", "/"),
            ("https://evil.example.com", "/"),
            ("/a\nb", "/"),
        ] {
            assert_eq!(local(next.to_owned()), to, "{next:?}");
        }
    }
}
