//! The way to a PBX: requests over TLS, each with deadlines and a bounded answer.

use std::{
    error::Error as _,
    io,
    sync::Arc,
    time::{Duration, SystemTime},
};

use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    ask::{Answer, Ask},
    error::PbxError,
    retry::{Retries, retry_after},
    said::said,
    trust,
    verifier::Verifier,
};
use crate::{host::shown, spec::ApiAccess};

/// The largest answer, in bytes: a full page of entries is a tenth of it.
const LARGEST: usize = 1 << 20;
/// For how many times the deadline of one request it is asked again.
const PATIENCE: u32 = 3;

/// The way to one PBX.
pub(super) struct Link {
    client: Client,
    base: Url,
    /// How the PBX is called in messages.
    pub(super) pbx: String,
    pub(super) timeout: Duration,
    pace: Duration,
    verifier: Arc<Verifier>,
}

/// A request that did not do what it should.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: PbxError,
    /// Whether the PBX may have done what was asked for all the same.
    pub(super) maybe_done: bool,
}

impl Failed {
    fn not_done(error: PbxError) -> Self {
        Self {
            error,
            maybe_done: false,
        }
    }

    fn maybe_done(error: PbxError) -> Self {
        Self {
            error,
            maybe_done: true,
        }
    }
}

impl Failed {
    /// The error where it stays unknown what was done.
    pub(super) fn lost(self, pbx: &str, doing: &str) -> PbxError {
        let detail = match self.error {
            PbxError::Slow { after, .. } => {
                format!("no answer within {} s", after.as_secs_f32().ceil())
            }
            PbxError::BrokeOff { detail, .. } | PbxError::NotApi { detail, .. } => detail,
            PbxError::Failing { said, .. } => said,
            other => return other,
        };
        PbxError::Lost {
            pbx: pbx.to_owned(),
            doing: doing.to_owned(),
            detail,
        }
    }
}

impl From<PbxError> for Failed {
    /// For what went wrong after an answer had come, or before anything was asked.
    fn from(error: PbxError) -> Self {
        Self::not_done(error)
    }
}

impl From<Failed> for PbxError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// What one attempt came to, where it was no success.
enum Attempt {
    /// It may go better in a while.
    Passing {
        failed: Failed,
        wait: Option<Duration>,
    },
    /// It will not.
    Final(Failed),
}

impl Link {
    pub(super) async fn new(access: &ApiAccess, pace: Duration) -> Result<Self, PbxError> {
        let pbx = access.url.to_string();
        let unusable = |detail: String| PbxError::Unreachable {
            pbx: pbx.clone(),
            detail,
        };
        let base = Url::parse(&pbx).map_err(|error| unusable(error.to_string()))?;
        let (tls, verifier) = trust::tls(&access.trust, &pbx).await?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            // A password is for the PBX alone: neither for where it sends to nor for a proxy of the environment.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("dataflow/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unusable(innermost(&error)))?;
        Ok(Self {
            client,
            base,
            pbx,
            timeout: access.timeout,
            pace,
            verifier,
        })
    }

    /// Asks, and again where that is safe and may help. A 401 is an answer: who asked knows what to do.
    pub(super) async fn ask(
        &self,
        ask: &Ask<'_>,
        bearer: Option<&SecretString>,
    ) -> Result<Answer, Failed> {
        let until = Instant::now() + self.timeout * PATIENCE;
        let mut retries = Retries::new(self.pace);
        loop {
            let (failed, wait) = match self.once(ask, bearer, until).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Final(failed)) => return Err(failed),
                Err(Attempt::Passing { failed, wait }) => (failed, wait),
            };
            if failed.maybe_done && !ask.repeatable {
                return Err(failed);
            }
            match retries.next(wait) {
                Some(wait) if Instant::now() + wait < until => sleep(wait).await,
                _ => return Err(failed),
            }
        }
    }

    async fn once(
        &self,
        ask: &Ask<'_>,
        bearer: Option<&SecretString>,
        until: Instant,
    ) -> Result<Answer, Attempt> {
        let until = until.min(Instant::now() + self.timeout);
        match timeout_at(until, self.exchange(ask, bearer)).await {
            Ok(outcome) => outcome,
            // Asked once only: a PBX that is slow is not helped by more requests.
            Err(_) => Err(Attempt::Final(Failed::maybe_done(PbxError::Slow {
                pbx: self.pbx.clone(),
                doing: ask.doing.to_owned(),
                after: self.timeout,
            }))),
        }
    }

    async fn exchange(
        &self,
        ask: &Ask<'_>,
        bearer: Option<&SecretString>,
    ) -> Result<Answer, Attempt> {
        let method = if ask.post { Method::POST } else { Method::GET };
        let mut request = self
            .client
            .request(method, self.url(ask))
            .header(ACCEPT, "application/json");
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer.expose_secret());
        }
        if let Some(body) = &ask.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let mut response = request
            .send()
            .await
            .map_err(|error| self.unsent(ask, &error))?;
        let body = self.body(ask, &mut response).await?;
        self.judge(ask, bearer, &response, body)
    }

    fn url(&self, ask: &Ask<'_>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(&ask.path);
        }
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        url
    }

    async fn body(&self, ask: &Ask<'_>, response: &mut Response) -> Result<Vec<u8>, Attempt> {
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(body),
                Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => {
                    return Err(Attempt::Final(Failed::maybe_done(
                        self.not_api(ask, "it is larger than 1 MiB".to_owned()),
                    )));
                }
                Err(error) => return Err(self.broken(ask, &error)),
            }
        }
    }

    fn judge(
        &self,
        ask: &Ask<'_>,
        bearer: Option<&SecretString>,
        response: &Response,
        body: Vec<u8>,
    ) -> Result<Answer, Attempt> {
        let header = |name| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let status = response.status();
        let answer = Answer {
            status,
            location: header(LOCATION).map(|to| shown(to.as_bytes())),
            body,
        };
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait =
                header(RETRY_AFTER).and_then(|header| retry_after(header, SystemTime::now()));
            let failed = Failed::not_done(PbxError::Throttled {
                pbx: self.pbx.clone(),
                doing: ask.doing.to_owned(),
                after: wait,
            });
            return Err(Attempt::Passing { failed, wait });
        }
        if status.is_server_error() {
            let wait =
                header(RETRY_AFTER).and_then(|header| retry_after(header, SystemTime::now()));
            let failed = Failed::maybe_done(PbxError::Failing {
                pbx: self.pbx.clone(),
                doing: ask.doing.to_owned(),
                said: self.said(ask, bearer, &answer),
            });
            return Err(Attempt::Passing { failed, wait });
        }
        if status.is_redirection() {
            let to = answer.location.as_deref().unwrap_or("nowhere");
            let error = self.not_api(ask, format!("it sends to {to} (HTTP {})", status.as_u16()));
            return Err(Attempt::Final(Failed::not_done(error)));
        }
        Ok(answer)
    }

    /// The PBX's words, without the secrets that it was sent.
    pub(super) fn said(
        &self,
        ask: &Ask<'_>,
        bearer: Option<&SecretString>,
        answer: &Answer,
    ) -> String {
        let secrets: Vec<&SecretString> = ask.secrets.iter().copied().chain(bearer).collect();
        said(answer.status, &answer.body, &secrets)
    }

    fn not_api(&self, ask: &Ask<'_>, detail: String) -> PbxError {
        PbxError::NotApi {
            pbx: self.pbx.clone(),
            doing: ask.doing.to_owned(),
            detail,
        }
    }

    /// No answer came.
    fn unsent(&self, ask: &Ask<'_>, error: &reqwest::Error) -> Attempt {
        if let Some(tls) = tls_error(error) {
            return Attempt::Final(Failed::not_done(self.tls(tls)));
        }
        if !error.is_connect() {
            return self.broken(ask, error);
        }
        Attempt::Passing {
            failed: Failed::not_done(PbxError::Unreachable {
                pbx: self.pbx.clone(),
                detail: innermost(error),
            }),
            wait: None,
        }
    }

    /// The connection ended after something was asked and before all of the answer had come.
    fn broken(&self, ask: &Ask<'_>, error: &reqwest::Error) -> Attempt {
        Attempt::Passing {
            failed: Failed::maybe_done(PbxError::BrokeOff {
                pbx: self.pbx.clone(),
                doing: ask.doing.to_owned(),
                detail: innermost(error),
            }),
            wait: None,
        }
    }

    fn tls(&self, error: &rustls::Error) -> PbxError {
        let pbx = self.pbx.clone();
        match (error, self.verifier.refused()) {
            (rustls::Error::InvalidCertificate(_), Some((why, certificate))) => {
                PbxError::certificate(pbx, why, certificate)
            }
            (rustls::Error::InvalidMessage(_), _) => PbxError::Unreachable {
                pbx,
                detail: "who answers there does not speak TLS".to_owned(),
            },
            _ => PbxError::Unreachable {
                pbx,
                detail: format!("no TLS with it: {}", shown(error.to_string().as_bytes())),
            },
        }
    }
}

/// The TLS library's own error, where there is one.
fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(tls) = error.downcast_ref() {
            return Some(tls);
        }
        let within = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .and_then(|within| within.downcast_ref());
        if within.is_some() {
            return within;
        }
        source = error.source();
    }
    None
}

/// The cause at the bottom, which is the one that an operator can act on; what is around it names libraries.
fn innermost(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    shown(deepest.to_string().as_bytes())
}
