//! The client against a real TLS server.

#![allow(clippy::unwrap_used, clippy::panic)]

mod certificates;
mod failures;
mod list;
mod server;
mod sessions;

use std::{path::PathBuf, time::Duration};

use serde_json::json;

use self::server::{Asked, Identity, Reply, Server, When};
use super::{Pbx, PbxError, PbxLink};
use crate::{
    explain::Explain as _,
    spec::{ApiAccess, Trust},
};

const PASSWORD: &str = "Pa55word-of-the-admin";
const ACCESS: &str = "access-token-1";
const REFRESH: &str = "refresh-token-1";
const OTP: &str = "session-token-1";
const CODE: &str = "914253";
const DRAWN: &str = "2.DATAFLOWTOKENDRAWN";

const SIGN_IN: &str = "POST /api/auth/sign_in";
const LIST: &str = "GET /api/ip_filters?skip=0&top=100";
const ADD: &str = "POST /api/ip_filters";
const VERSION: &str = "GET /api/admin/status";

/// How long the first wait before a repetition is at most: tests do not wait.
const PACE: Duration = Duration::from_millis(2);

fn access(server: &Server, trust: Trust) -> ApiAccess {
    ApiAccess {
        url: server.url.parse().unwrap(),
        user: "admin".to_owned(),
        password: Some(PASSWORD.into()),
        trust,
        timeout: Duration::from_secs(5),
    }
}

/// A server that signs everybody in, and answers otherwise as a test says.
async fn signed_in(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, Pbx) {
    let (server, access) = pinned(move |asked| match asked.line.as_str() {
        SIGN_IN => tokens(1),
        _ => answer(asked),
    })
    .await;
    let pbx = Pbx::sign_in_at(&access, PACE).await.unwrap();
    (server, pbx)
}

/// A server whose certificate is known.
async fn pinned(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Server, ApiAccess) {
    let identity = Identity::new("pbx.example.com", When::Now);
    let server = Server::start(&identity, answer).await;
    let access = access(&server, Trust::Certificate(identity.fingerprint()));
    (server, access)
}

fn tokens(nth: u32) -> Reply {
    Reply::json(
        200,
        json!({
            "token_type": "Bearer",
            "access_token": format!("access-token-{nth}"),
            "refresh_token": format!("refresh-token-{nth}"),
            "expires_in": 1800,
        }),
    )
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        json!({"errors": [{"code": code, "message": message, "detail": ""}]}),
    )
}

/// All that people see of an error, in the same words on every run; never with a secret in it.
fn told(error: &PbxError, server: &Server) -> String {
    let mut lines = vec![error.to_string()];
    lines.extend(error.details().iter().map(|detail| format!("   {detail}")));
    lines.push(format!("-> {}", error.next_step()));
    lines.push(format!("[{:?}]", error.kind()));
    let text = lines.join("\n");
    let debug = format!("{error:?} {:?}", PbxLink::Failed(error.clone()));
    for secret in [
        PASSWORD,
        "access-token-",
        "refresh-token-",
        OTP,
        CODE,
        DRAWN,
    ] {
        assert!(!text.contains(secret), "{text}");
        assert!(!debug.contains(secret), "{debug}");
    }
    let host = server.url.trim_end_matches("/api");
    let port = host.rsplit(':').next().unwrap();
    text.replace(host, "https://PBX")
        .replace(&format!("127.0.0.1:{port} "), "127.0.0.1:PORT ")
        .replace(host.trim_start_matches("https://"), "PBX")
}
