//! Talking to the ClickHouse server of a Data Flow server: HTTP on its port 8123, through the [`Host`].

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use secrecy::{ExposeSecret, SecretString};

use crate::host::{Endpoint, ForwardingReason, Host, HostError, shown};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// How much of an answer is read, in bytes.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Its version and how many rows are stored in all tables but its own.
const SUMMARY: &str = "SELECT version(), (SELECT sum(rows) FROM system.parts WHERE active AND database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')) FORMAT TabSeparated";

/// What ClickHouse says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) version: String,
    pub(super) rows: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// The SSH server forwards no TCP connections, so nothing can be asked this way.
    #[error("the SSH server forwards no connections: {0}")]
    NoWay(HostError),
    /// Nothing answers (yet).
    #[error("{0}")]
    Silent(String),
    /// ClickHouse answers, but not to this password.
    #[error("ClickHouse refuses the password: {0}")]
    WrongPassword(String),
    /// ClickHouse answers with an error.
    #[error("ClickHouse answers with an error: {0}")]
    Error(String),
}

/// Asks for version and row count, signed in with the password that the service uses.
pub(super) async fn summary(
    host: &Host,
    port: u16,
    user: &str,
    password: &SecretString,
) -> Result<Summary, NoAnswer> {
    let answer = tokio::time::timeout(ANSWER, query(host, port, user, password, SUMMARY))
        .await
        .map_err(|_| NoAnswer::Silent(format!("no answer within {} s", ANSWER.as_secs())))??;
    let mut fields = answer.trim_end().split('\t');
    let (Some(version), Some(Ok(rows))) = (fields.next(), fields.next().map(str::parse)) else {
        return Err(NoAnswer::Error(shown(answer.as_bytes())));
    };
    Ok(Summary {
        version: shown(version.as_bytes()),
        rows,
    })
}

async fn query(
    host: &Host,
    port: u16,
    user: &str,
    password: &SecretString,
    sql: &'static str,
) -> Result<String, NoAnswer> {
    let stream = match host.dial(&Endpoint::Tcp(port)).await {
        Ok(stream) => stream,
        Err(
            error @ HostError::ForwardingRefused {
                reason: ForwardingReason::Prohibited,
                ..
            },
        ) => return Err(NoAnswer::NoWay(error)),
        Err(error) => return Err(NoAnswer::Silent(error.to_string())),
    };
    let silent = |error: hyper::Error| NoAnswer::Silent(format!("port {port}: {error}"));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(silent)?;
    let ended = tokio::spawn(connection);
    let request = Request::builder()
        .method(Method::POST)
        .uri("/")
        .header("Host", "localhost")
        .header("X-ClickHouse-User", user)
        .header("X-ClickHouse-Key", password.expose_secret())
        .body(Full::new(Bytes::from_static(sql.as_bytes())))
        .map_err(|error| NoAnswer::Error(error.to_string()))?;
    let answer = sender.send_request(request).await.map_err(silent)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), ANSWER_LIMIT)
        .collect()
        .await
        .map_err(|error| NoAnswer::Silent(format!("port {port}: {error}")))?
        .to_bytes();
    drop(sender);
    ended.abort();
    if status.is_success() {
        return Ok(String::from_utf8_lossy(&body).into_owned());
    }
    let said = shown(&body);
    // 192, 193 and 194: unknown user, wrong password, no password; 516: authentication failed.
    let codes = ["Code: 192", "Code: 193", "Code: 194", "Code: 516"];
    if matches!(status.as_u16(), 401 | 403) || codes.iter().any(|code| said.contains(code)) {
        Err(NoAnswer::WrongPassword(said))
    } else {
        Err(NoAnswer::Error(said))
    }
}
