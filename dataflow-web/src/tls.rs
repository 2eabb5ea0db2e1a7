//! TLS: with the certificate that is given, or with one of its own, which is made where there is none.

use std::{
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sha2::{Digest, Sha256};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::{args::Serve, names::Names, panel::StartError, say};

/// How old the own certificate may become; it is then made anew at the next start.
const OLDEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What makes a TLS connection of a TCP connection.
pub(crate) fn acceptor(args: &Serve, names: &Names) -> Result<TlsAcceptor, StartError> {
    let (cert, key) = match (&args.tls_cert, &args.tls_key) {
        (Some(cert), Some(key)) => (cert.clone(), key.clone()),
        _ => own(args, names)?,
    };
    let unreadable = |path: &Path, error: &dyn ToString| {
        StartError::file(
            "cannot read the certificate or key in",
            path,
            error.to_string(),
        )
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&cert)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(&cert, &error))?;
    let secret = PrivateKeyDer::from_pem_file(&key).map_err(|error| unreadable(&key, &error))?;
    if let Some(first) = chain.first() {
        say::line(&format!(
            "certificate: SHA-256 fingerprint {}",
            fingerprint(first)
        ));
    }
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| StartError::Tls(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| unreadable(&cert, &error))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// As browsers show it.
fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = Sha256::digest(certificate);
    let bytes: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

/// The own certificate and its key, in the state directory.
fn own(args: &Serve, names: &Names) -> Result<(PathBuf, PathBuf), StartError> {
    let (cert, key) = (
        args.state.join("tls-cert.pem"),
        args.state.join("tls-key.pem"),
    );
    if key.exists() && is_young(&cert) {
        return Ok((cert, key));
    }
    let failed = |error: rcgen::Error| StartError::Tls(error.to_string());
    let mut all = names.all().to_vec();
    all.extend(["127.0.0.1".to_owned(), "::1".to_owned()]);
    if !args.listen.ip().is_unspecified() {
        all.push(args.listen.ip().to_string());
    }
    let mut made = rcgen::CertificateParams::new(all).map_err(failed)?;
    let today = jiff::Zoned::now()
        .with_time_zone(jiff::tz::TimeZone::UTC)
        .date();
    let until = today.saturating_add(jiff::Span::new().days(397));
    let day = |date: jiff::civil::Date| {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        rcgen::date_time_ymd(date.year().into(), month, day)
    };
    made.not_before = day(today);
    made.not_after = day(until);
    made.distinguished_name
        .push(rcgen::DnType::CommonName, "dataflow-web");
    let secret = rcgen::KeyPair::generate().map_err(failed)?;
    let certificate = made.self_signed(&secret).map_err(failed)?;
    write(&key, &secret.serialize_pem())?;
    write(&cert, &certificate.pem())?;
    Ok((cert, key))
}

fn is_young(cert: &Path) -> bool {
    let made = std::fs::metadata(cert).and_then(|metadata| metadata.modified());
    made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age < OLDEST))
}

/// Writes a file for its owner alone, whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), StartError> {
    let beside = path.with_extension("new");
    let failed = |error| StartError::file("cannot write", path, error);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
