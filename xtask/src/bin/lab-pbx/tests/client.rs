use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::{Extension, Router};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::listen::From;
use crate::world::{Beginning, Shared};
use crate::{metadata, rest, service};

pub(super) const PASSWORD: &str = "canary-password";

/// The Data Flow server.
pub(super) const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 18, 16, 158));

/// The PBX.
pub(super) const PBX: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 18, 16, 133));

/// Somebody who is on no whitelist.
const ADMINISTRATOR: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 18, 16, 1));

/// Asks a PBX of its own.
pub(super) struct Client {
    pub(super) world: Shared,
    pub(super) from: IpAddr,
    pub(super) access: Option<String>,
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Client {
    /// Signed in at a PBX as new.
    pub(super) async fn signed_in() -> Self {
        let mut client = Self::new();
        let tokens = client.sign_in().await.json();
        client.access = tokens["access_token"].as_str().map(str::to_owned);
        client
    }

    pub(super) fn new() -> Self {
        let world = Shared::new(PASSWORD.to_owned(), SERVER, Some(PBX));
        world.lock().begin(Beginning::Bare);
        Self {
            world,
            from: ADMINISTRATOR,
            access: None,
        }
    }

    pub(super) async fn sign_in(&self) -> Answer {
        let account = json!({ "username": "admin", "password": PASSWORD });
        self.post("/api/auth/sign_in", account).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()))
            .await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string()))).await
    }

    /// A request with what every one of this client has.
    pub(super) fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        match &self.access {
            Some(access) => request.header(header::AUTHORIZATION, format!("Bearer {access}")),
            None => request,
        }
    }

    pub(super) async fn send(&self, request: Result<Request<Body>, axum::http::Error>) -> Answer {
        let world = || self.world.clone();
        let api = rest::router(world()).merge(service::router(world()));
        self.send_to(api, request).await
    }

    pub(super) async fn send_to_metadata(
        &self,
        request: Result<Request<Body>, axum::http::Error>,
    ) -> Answer {
        self.send_to(metadata::router(self.world.clone()), request)
            .await
    }

    async fn send_to(
        &self,
        router: Router,
        request: Result<Request<Body>, axum::http::Error>,
    ) -> Answer {
        let request = request.expect("a request");
        let answer = router.layer(Extension(From(self.from))).oneshot(request);
        let answer = answer.await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.into_body().collect().await.expect("a body");
        let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        Answer {
            status,
            headers,
            text,
        }
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Status, code of the first error, and the field it is about.
    pub(super) fn refusal(&self) -> (u16, String, String) {
        let error = &self.json()["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert!(!text(&error["message"]).is_empty(), "{}", self.text);
        (
            self.status.as_u16(),
            text(&error["code"]),
            text(&error["detail"]["field"]),
        )
    }

    pub(super) fn is_invalid(&self, field: &str) -> bool {
        self.refusal() == (400, "VALIDATE_FAILED".to_owned(), field.to_owned())
    }
}
