//! The certificates that this PBX can show: one that is good, and those that a client must not take.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde::{Deserialize, Serialize};

/// What is right or wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// By the lab's authority, for this PBX's addresses.
    Good,
    /// The same, years ago.
    Expired,
    /// By the lab's authority, for another host.
    WrongName,
    /// By nobody but itself.
    SelfSigned,
}

const KINDS: [Kind; 4] = [Kind::Good, Kind::Expired, Kind::WrongName, Kind::SelfSigned];

/// How to greet with each of them.
pub(crate) struct Certificates(HashMap<Kind, Greeting>);

struct Greeting {
    config: Arc<ServerConfig>,
    fingerprint: String,
}

impl Certificates {
    /// With the authority in `directory`, which is made where it is not there: clients know it by `ca.crt`.
    pub(crate) fn load_or_make(
        directory: &Path,
        addresses: &[IpAddr],
    ) -> Result<Self, Box<dyn Error>> {
        let (certificate, key) = (directory.join("ca.crt"), directory.join("ca.key"));
        if !certificate.exists() {
            let new = KeyPair::generate()?;
            fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&key)?
                .write_all(new.serialize_pem().as_bytes())?;
            // Last: it says that the key is there. Under its name only when whole.
            let unfinished = directory.join("ca.crt.new");
            fs::write(&unfinished, authority().self_signed(&new)?.pem())?;
            fs::rename(&unfinished, &certificate)?;
        }
        let issuer = Issuer::new(authority(), KeyPair::from_pem(&fs::read_to_string(&key)?)?);
        let mut all = HashMap::new();
        for kind in KINDS {
            all.insert(kind, greeting(kind, &issuer, addresses)?);
        }
        Ok(Self(all))
    }

    pub(crate) fn get(&self, kind: Kind) -> Option<Arc<ServerConfig>> {
        self.0.get(&kind).map(|greeting| greeting.config.clone())
    }

    /// As OpenSSH writes fingerprints, of the certificate in DER.
    pub(crate) fn fingerprint(&self, kind: Kind) -> Option<&str> {
        let greeting = self.0.get(&kind)?;
        Some(&greeting.fingerprint)
    }
}

/// The lab's authority. The same each time, but for its key.
fn authority() -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, "dataflow lab PBX authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    (authority.not_before, authority.not_after) =
        (date_time_ymd(2025, 1, 1), date_time_ymd(2045, 1, 1));
    authority
}

fn greeting(
    kind: Kind,
    issuer: &Issuer<'_, KeyPair>,
    addresses: &[IpAddr],
) -> Result<Greeting, Box<dyn Error>> {
    let names = match kind {
        Kind::WrongName => vec!["pbx.example.com".to_owned()],
        _ => addresses.iter().map(IpAddr::to_string).collect(),
    };
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "lab PBX");
    (leaf.not_before, leaf.not_after) = match kind {
        Kind::Expired => (date_time_ymd(2025, 1, 1), date_time_ymd(2026, 1, 1)),
        _ => (date_time_ymd(2025, 1, 1), date_time_ymd(2045, 1, 1)),
    };
    let key = KeyPair::generate()?;
    let certificate = match kind {
        Kind::SelfSigned => leaf.self_signed(&key)?,
        _ => leaf.signed_by(&key, issuer)?,
    };
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate.der());
    let fingerprint = format!("SHA256:{}", STANDARD_NO_PAD.encode(digest));
    let chain: Vec<CertificateDer<'static>> = vec![certificate.into()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Greeting {
        config: Arc::new(config),
        fingerprint,
    })
}
