//! A TLS server in this process that answers as a test says.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::ring::{default_provider, sign::any_supported_type},
    pki_types::{CertificateDer, PrivateKeyDer},
    sign::{CertifiedKey, SingleCertAndKey},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use crate::spec::CertificateFingerprint;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// As in `GET /api/ip_filters?skip=0&top=100`.
    pub(super) line: String,
    pub(super) head: String,
    pub(super) body: String,
    /// How often this line was asked before.
    pub(super) before: usize,
}

impl Asked {
    pub(super) fn bearer(&self) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix("authorization: Bearer "))
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What a test answers.
pub(super) enum Reply {
    /// A status, headers, and a body of its whole length.
    Whole(u16, &'static str, String),
    /// The same after a while.
    Late(Duration, Box<Reply>),
    /// Bytes as they are; then the connection ends.
    Raw(Vec<u8>),
    /// These bytes, one at a time and never an end.
    Drip(Vec<u8>),
    /// Nothing, and the connection stays.
    Hang,
}

impl Reply {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::Whole(
            status,
            "content-type: application/json\r\n",
            body.to_string(),
        )
    }
}

/// A certificate with its key, as a server shows it.
pub(super) struct Identity {
    pub(super) der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    /// Who issued it, as a CA file has it.
    pub(super) ca: String,
}

/// When a certificate is valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Now,
    Over,
    Later,
}

impl Identity {
    /// Issued by a CA of its own.
    pub(super) fn new(name: &str, when: When) -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority
            .distinguished_name
            .push(rcgen::DnType::CommonName, "Lab CA");
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(if when == When::Later { 2120 } else { 2020 }, 1, 1);
        params.not_after = date_time_ymd(if when == When::Over { 2021 } else { 2130 }, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        Self {
            der: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            ca: authority.pem(),
        }
    }

    /// This certificate in the hands of somebody who has another key.
    pub(super) fn with_key_of(&self, other: Self) -> Self {
        Self {
            der: self.der.clone(),
            key: other.key,
            ca: self.ca.clone(),
        }
    }

    pub(super) fn fingerprint(&self) -> CertificateFingerprint {
        CertificateFingerprint::of(&self.der)
    }
}

/// A server, as long as it is kept.
pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    listening: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Server {
    pub(super) async fn start(
        identity: &Identity,
        answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            // Whether the key is the certificate's is not looked at, as a thief would not.
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(
                vec![identity.der.clone()],
                any_supported_type(&identity.key).unwrap(),
            ))));
        let tls = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/api", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), asked.clone());
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, answer, seen) = (tls.clone(), answer.clone(), seen.clone());
                tokio::spawn(async move { talk(tls, stream, &*answer, &seen).await });
            }
        });
        Self {
            url,
            asked,
            listening,
        }
    }

    /// All that was asked, in order.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often something was asked.
    pub(super) fn count(&self, line: &str) -> usize {
        self.asked()
            .iter()
            .filter(|asked| asked.line == line)
            .count()
    }
}

async fn talk(
    tls: TlsAcceptor,
    stream: TcpStream,
    answer: &(impl Fn(&Asked) -> Reply + Sync),
    seen: &Mutex<Vec<Asked>>,
) {
    let Ok(mut stream) = tls.accept(stream).await else {
        return;
    };
    while let Some(asked) = read(&mut stream, seen).await {
        let mut reply = answer(&asked);
        while let Reply::Late(time, later) = reply {
            sleep(time).await;
            reply = *later;
        }
        match reply {
            Reply::Whole(status, headers, body) => {
                let head = format!(
                    "HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n",
                    body.len()
                );
                if stream
                    .write_all(&[head.as_bytes(), body.as_bytes()].concat())
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Drip(bytes) => {
                for byte in bytes.iter().chain(std::iter::repeat(&b' ')) {
                    if stream.write_all(&[*byte]).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                    sleep(Duration::from_millis(2)).await;
                }
            }
            Reply::Hang | Reply::Late(..) => std::future::pending().await,
        }
    }
}

async fn read(
    stream: &mut (impl tokio::io::AsyncRead + Unpin),
    seen: &Mutex<Vec<Asked>>,
) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        stream.read_buf(&mut bytes).await.ok()?;
    }
    let line = head
        .lines()
        .next()?
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let mut seen = seen.lock().unwrap();
    let asked = Asked {
        before: seen.iter().filter(|asked| asked.line == line).count(),
        line,
        head,
        body: String::from_utf8(bytes[end..].to_vec()).unwrap(),
    };
    seen.push(asked.clone());
    Some(asked)
}
