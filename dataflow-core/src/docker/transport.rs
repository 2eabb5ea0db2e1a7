//! How a request gets to the Docker Engine: HTTP/1.1 over streams that the [`Host`] opens.
//!
//! Connections are kept alive and used again, since a new one costs a channel of the SSH session while a request on one
//! that is open costs a tenth of a millisecond. A connection whose answer is still being read (a pull, a log) is passed over
//! and another one is opened.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use bollard::{BollardRequest, errors::Error as BollardError};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper::{
    Response,
    body::{Bytes, Incoming},
    client::conn::http1::{self, SendRequest},
    header::{HOST, HeaderValue},
    http::uri::{PathAndQuery, Uri},
};
use hyper_util::rt::TokioIo;

use super::version::ApiVersion;
use crate::host::{Command, Endpoint, Host, HostError, Stream};

/// How long a connection that has just answered may take until it can be used again. Longer, and it is still busy.
const SETTLE: Duration = Duration::from_millis(20);

type Sender = SendRequest<UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>>;

/// The way to the engine's socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// Straight to this socket: as a local file, or forwarded over the SSH session.
    Socket(String),
    /// Through `docker system dial-stdio`: with sudo, where the login user may not open the socket or the SSH server forwards
    /// none; without, where it forwards none and sudo is no way.
    DialStdio {
        /// Whether it is run with sudo.
        sudo: bool,
    },
}

/// A pool of kept-alive connections to one engine.
pub(super) struct Transport {
    host: Host,
    route: Route,
    idle: Mutex<Vec<Sender>>,
    version: OnceLock<ApiVersion>,
}

impl Transport {
    /// Opens the first connection, and so finds out whether the route works.
    pub(super) async fn open(host: &Host, route: Route) -> Result<Arc<Self>, HostError> {
        let transport = Self::closed(host, route);
        let first = transport.connect().await?;
        transport.put_back(first);
        Ok(transport)
    }

    /// Without a connection yet.
    pub(super) fn closed(host: &Host, route: Route) -> Arc<Self> {
        Arc::new(Self {
            host: host.clone(),
            route,
            idle: Mutex::default(),
            version: OnceLock::new(),
        })
    }

    /// Every later request is sent under this version's prefix.
    pub(super) fn speak(&self, version: ApiVersion) {
        // A second call would mean a second negotiation; the first result stands.
        let _already_set = self.version.set(version);
    }

    /// Sends one request. The answer's body is read by the caller.
    pub(super) async fn send(
        &self,
        request: BollardRequest,
    ) -> Result<Response<Incoming>, BollardError> {
        let mut request = request.map(BodyExt::boxed_unsync);
        let target = origin_form(request.uri(), self.version.get())?;
        *request.uri_mut() = target;
        request
            .headers_mut()
            .insert(HOST, HeaderValue::from_static("docker"));

        let mut sender = match self.take_idle().await {
            Some(sender) => sender,
            None => self.connect().await.map_err(std::io::Error::other)?,
        };
        let answer = sender.send_request(request).await?;
        self.put_back(sender);
        Ok(answer)
    }

    async fn connect(&self) -> Result<Sender, HostError> {
        let stream = self.dial().await?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream))
                .await
                .map_err(|error| HostError::ConnectionLost {
                    host: self.host.label(),
                    during: "opening a connection to Docker".to_owned(),
                    reason: error.to_string(),
                })?;
        tokio::spawn(async move {
            // How a connection ends is told to whoever waits for an answer on it.
            let _ended = connection.with_upgrades().await;
        });
        Ok(sender)
    }

    async fn dial(&self) -> Result<Stream, HostError> {
        match &self.route {
            Route::Socket(path) => self.host.dial(&Endpoint::Unix(path.clone())).await,
            Route::DialStdio { sudo } => {
                let command = Command::new("docker").arg("system").arg("dial-stdio");
                let command = if *sudo { command.sudo() } else { command };
                self.host.pipe(&command).await
            }
        }
    }

    async fn take_idle(&self) -> Option<Sender> {
        let mut busy = Vec::new();
        let mut found = None;
        while let Some(mut sender) = self.pop() {
            match tokio::time::timeout(SETTLE, sender.ready()).await {
                Ok(Ok(())) => {
                    found = Some(sender);
                    break;
                }
                Ok(Err(_closed)) => {}
                Err(_still_busy) => busy.push(sender),
            }
        }
        for sender in busy {
            self.put_back(sender);
        }
        found
    }

    fn pop(&self) -> Option<Sender> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn put_back(&self, sender: Sender) {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
    }
}

/// The request's target as the engine wants it: the path under the negotiated version.
///
/// bollard 0.21 drops the version it negotiated when it puts the path together, so it is set here. A path that has one
/// already is left alone, so that a release that mends this doesn't double it.
fn origin_form(uri: &Uri, version: Option<&ApiVersion>) -> Result<Uri, BollardError> {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let versioned = match version {
        Some(version) if !is_versioned(path) => format!("/v{version}{path}"),
        _ => path.to_owned(),
    };
    Ok(Uri::builder().path_and_query(versioned).build()?)
}

fn is_versioned(path: &str) -> bool {
    path.strip_prefix("/v")
        .and_then(|rest| rest.split('/').next())
        .is_some_and(|version| version.parse::<ApiVersion>().is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_negotiated_version_is_put_before_the_path_once() {
        let version: ApiVersion = "1.41".parse().unwrap();
        let cases = [
            ("http://docker/version", "/v1.41/version"),
            (
                "http://docker/images/create?tag=22",
                "/v1.41/images/create?tag=22",
            ),
            ("http://docker/v1.44/info", "/v1.44/info"),
            ("http://docker/volumes", "/v1.41/volumes"),
        ];
        for (given, sent) in cases {
            let uri = origin_form(&given.parse().unwrap(), Some(&version)).unwrap();
            assert_eq!(uri.to_string(), sent, "for {given}");
        }
    }

    #[test]
    fn before_negotiation_no_version_is_sent() {
        let uri = origin_form(&"http://docker/version".parse().unwrap(), None).unwrap();
        assert_eq!(uri.to_string(), "/version");
    }
}
