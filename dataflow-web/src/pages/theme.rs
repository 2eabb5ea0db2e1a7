//! Light, dark, or as the browser has it: kept in a cookie, so that it works without script and before anybody signs in.

use axum::{
    Form,
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::sign_in::local;
use crate::guard;

/// The cookie. It says nothing about anybody.
const COOKIE: &str = "theme";

tokio::task_local! {
    /// The one that the request at work asks for: every page has it around it, refusals too.
    static ASKED: Theme;
}

/// Which colours pages have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// As the browser has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// Its name, as the cookie has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Its name, as people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Auto => "Auto",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// What it tells the browser.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Auto => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one that the request at work asks for.
    pub(super) fn asked() -> Self {
        ASKED.try_with(|theme| *theme).unwrap_or_default()
    }

    fn of(headers: &HeaderMap) -> Self {
        let said = guard::cookie(headers, COOKIE);
        let known = Self::ALL
            .into_iter()
            .find(|theme| Some(theme.name()) == said);
        known.unwrap_or_default()
    }
}

/// Around every request: pages made for it have the theme that its cookie says.
pub(crate) async fn around(request: Request, next: Next) -> Response {
    let theme = Theme::of(request.headers());
    ASKED.scope(theme, next.run(request)).await
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    theme: Theme,
}

pub(crate) async fn choose(headers: HeaderMap, Form(chosen): Form<Chosen>) -> Response {
    let mut response = Redirect::to(&back(&headers)).into_response();
    let name = chosen.theme.name();
    let cookie = format!("{COOKIE}={name}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page that it was chosen on: its path only, whatever machine the header names.
fn back(headers: &HeaderMap) -> String {
    let from = headers
        .get(header::REFERER)
        .and_then(|from| from.to_str().ok());
    let from = from.and_then(|from| from.parse::<axum::http::Uri>().ok());
    let path = from.as_ref().and_then(|from| from.path_and_query());
    local(path.map_or("/", |path| path.as_str()).to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_cookie_decides_and_one_that_makes_no_sense_does_not() {
        for (cookie, theme) in [
            ("theme=dark", Theme::Dark),
            ("a=b; theme=light", Theme::Light),
            ("theme=\"><script>", Theme::Auto),
            ("", Theme::Auto),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            assert_eq!(Theme::of(&headers), theme, "{cookie}");
        }
    }

    #[test]
    fn after_choosing_one_is_on_the_same_page_and_never_elsewhere() {
        for (from, to) in [
            (
                "http://127.0.0.1:8780/servers/eu/logs?q=x",
                "/servers/eu/logs?q=x",
            ),
            ("https://evil.example.com//evil.example.com/", "/"),
            ("nonsense", "/"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, from.parse().unwrap());
            assert_eq!(back(&headers), to, "{from}");
        }
    }
}
