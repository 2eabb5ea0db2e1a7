//! The way to a PBX: requests over TLS, each with deadlines and a bounded answer.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, LOCATION, RETRY_AFTER},
    redirect,
};
use rustls::CertificateError;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    ask::{Answer, Ask},
    error::PbxError,
    failed::{Attempt, Failed, innermost, tls_error},
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
            // Before the deadline of the whole, so that a firewall that drops what is sent is told from a PBX that is slow.
            .connect_timeout(access.timeout.mul_f32(0.8))
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
        let answer = Answer { status, body };
        let wait = header(RETRY_AFTER).and_then(|header| retry_after(header, SystemTime::now()));
        if status == StatusCode::TOO_MANY_REQUESTS {
            let failed = Failed::not_done(PbxError::Throttled {
                pbx: self.pbx.clone(),
                doing: ask.doing.to_owned(),
                after: wait,
            });
            return Err(Attempt::Passing { failed, wait });
        }
        if status.is_server_error() {
            let failed = Failed::maybe_done(PbxError::Failing {
                pbx: self.pbx.clone(),
                doing: ask.doing.to_owned(),
                said: self.said(ask, bearer, &answer),
            });
            return Err(Attempt::Passing { failed, wait });
        }
        if status.is_redirection() {
            let to = header(LOCATION).map_or("nowhere".to_owned(), |to| shown(to.as_bytes()));
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
        if !error.is_connect() {
            return self.broken(ask, error);
        }
        if let Some(tls) = tls_error(error) {
            return Attempt::Final(Failed::not_done(self.tls(tls)));
        }
        if error.is_timeout() {
            return Attempt::Final(Failed::not_done(PbxError::Unreachable {
                pbx: self.pbx.clone(),
                detail: "no connection in time".to_owned(),
            }));
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
                PbxError::Certificate {
                    pbx,
                    why,
                    lines: certificate.lines(self.base.port_or_known_default().unwrap_or(443)),
                    certificate,
                }
            }
            (rustls::Error::InvalidCertificate(CertificateError::BadSignature), None) => {
                PbxError::Unreachable {
                    pbx,
                    detail: "who answers there shows a certificate without having its key"
                        .to_owned(),
                }
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
