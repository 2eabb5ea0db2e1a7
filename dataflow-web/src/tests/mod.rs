//! The panel as a whole, asked as browsers and programs ask it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod api;
mod connections;
mod fleet;
mod live;
mod routes;
mod showcase;
mod sign_in;

use std::{net::SocketAddr, path::Path};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use clap::Parser;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::{
    account::{COOKIE, Role},
    app,
    args::Cli,
    guard::Peer,
    panel::{Panel, Shared},
};

/// What the pages of the panel are called by in tests.
const ORIGIN: &str = "http://localhost:8780";

/// The one password.
const PASSWORD: &str = "correct horse battery";

/// A server that nobody answers at: nothing listens there.
const SETTINGS: &str = r#"
pbx = "192.0.2.10"
[servers.eu]
host = "ssh://root@127.0.0.1:9"
private-ip = "192.0.2.1"
[servers.us]
host = "ssh://root@127.0.0.1:9"
private-ip = "192.0.2.2"
"#;

/// A panel with a user for each role, which goes by the role's name.
struct Tested {
    panel: Shared,
    app: Router,
    state: tempfile::TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Tested {
    /// One with users, all with the same password, of which the hash is made once.
    async fn new() -> Self {
        Self::with(SETTINGS).await
    }

    /// The same with other servers.
    async fn with(settings: &str) -> Self {
        let tested = Self::of(settings);
        let hash = tested.panel.hasher.hash(PASSWORD.into()).await.unwrap();
        for role in Role::ALL {
            let name = Some(role.name().to_owned());
            let day = std::time::Duration::from_secs(86_400);
            // Without an administrator nobody else can be there.
            let role = if tested.panel.accounts.kept().users.is_empty() {
                Role::Administrator
            } else {
                role
            };
            let link = tested.panel.accounts.invite(name.clone(), role, day);
            let link = link.await.unwrap();
            let accepted = tested.panel.accounts.accept(link.text(), "", hash.clone());
            accepted.await.unwrap();
        }
        let viewer = tested.panel.accounts.set_role("viewer", Role::Viewer);
        viewer.await.unwrap();
        tested
    }

    /// The same, for which time passes only where nothing is to be done. Not before it has its users: passwords are hashed on a
    /// thread of which the runtime's clock knows nothing.
    async fn paused() -> Self {
        let tested = Self::new().await;
        tokio::time::pause();
        tested
    }

    /// One without users.
    fn empty() -> Self {
        Self::of(SETTINGS)
    }

    fn of(servers: &str) -> Self {
        let state = tempfile::tempdir().unwrap();
        let panel = open(state.path(), servers);
        let app = app::app(&panel);
        Self { panel, app, state }
    }

    /// A session of the user with this role: its cookie and its token for forms.
    fn session(&self, role: Role) -> Cookie {
        let secret = self.panel.sessions.begin(role.name());
        let session = self.panel.sessions.find(secret.text(), false).unwrap();
        Cookie {
            cookie: format!("{COOKIE}={}", secret.text()),
            csrf: session.csrf,
        }
    }

    /// A token for programs with this role.
    async fn token(&self, role: Role) -> String {
        let made = self.panel.accounts.make_token(role.name(), role, "test");
        made.await.unwrap().text().to_owned()
    }

    async fn ask(&self, request: Request) -> Answered {
        read(self.app.clone().oneshot(request).await.unwrap()).await
    }

    async fn get(&self, path: &str, session: Option<&Cookie>) -> Answered {
        self.ask(request(Method::GET, path, session, "")).await
    }

    /// Sends a form of a page, with the token of its session.
    async fn send(&self, path: &str, session: Option<&Cookie>, form: &str) -> Answered {
        let csrf = session.map(|session| format!("csrf={}&", session.csrf));
        let form = format!("{}{form}", csrf.unwrap_or_default());
        self.ask(request(Method::POST, path, session, &form)).await
    }

    /// What is on record, the newest first.
    fn deeds(&self) -> Vec<String> {
        let deeds = self.panel.audit.shown().into_iter();
        deeds
            .map(|deed| match deed.to {
                Some(to) => format!("{}: {} {to}", deed.who, deed.what),
                None => format!("{}: {}", deed.who, deed.what),
            })
            .collect()
    }
}

/// What a browser shows of a session.
struct Cookie {
    cookie: String,
    csrf: String,
}

fn open(state: &Path, servers: &str) -> Shared {
    let settings = state.join("dataflow.toml");
    std::fs::write(&settings, servers).unwrap();
    let own = state.join("state");
    let args = [
        "dataflow-web".as_ref(),
        "--config".as_ref(),
        settings.as_os_str(),
        "--state".as_ref(),
        own.as_os_str(),
    ];
    let cli = Cli::try_parse_from(args).unwrap();
    Panel::open(&cli.serve, false).unwrap()
}

/// As a browser sends it from a page of the panel.
fn request(method: Method, path: &str, session: Option<&Cookie>, form: &str) -> Request {
    let mut request = Request::builder()
        .uri(path)
        .header(header::HOST, "localhost:8780");
    if let Some(session) = session {
        request = request.header(header::COOKIE, &session.cookie);
    }
    if method != Method::GET {
        request = request
            .header(header::ORIGIN, ORIGIN)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let peer = SocketAddr::from(([192, 0, 2, 77], 40_000));
    let mut request = request
        .method(method)
        .body(Body::from(form.to_owned()))
        .unwrap();
    request.extensions_mut().insert(Peer(peer));
    request
}

/// As a program sends it.
fn program(method: Method, path: &str, token: &str, json: &str) -> Request {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8780")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(json.to_owned()))
        .unwrap()
}

async fn read(response: Response) -> Answered {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answered {
        status: parts.status,
        headers: parts.headers,
        text: String::from_utf8_lossy(&body).into_owned(),
    }
}

impl Answered {
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).expect(&self.text)
    }
}
