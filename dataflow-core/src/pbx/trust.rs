//! Whom this machine takes for the PBX.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject as _},
};

use super::{
    error::PbxError,
    verifier::{Anchor, Verifier},
};
use crate::spec::Trust;

/// The most of a CA file that is read, in bytes: the whole of what browsers trust is a quarter of it.
const LARGEST: u64 = 1 << 20;

/// TLS as it is spoken with a PBX, and what remembers why a certificate was not trusted.
pub(super) async fn tls(
    trust: &Trust,
    pbx: &str,
) -> Result<(ClientConfig, Arc<Verifier>), PbxError> {
    let provider = Arc::new(ring::default_provider());
    let anchor = match trust {
        Trust::Certificate(pinned) => Anchor::Pinned(pinned.clone()),
        Trust::CaFile(file) => {
            let file = file.clone();
            let roots = off_the_runtime(pbx, move || from_file(&file)).await?;
            authorities(roots, &provider, pbx)?
        }
        Trust::System => {
            let label = pbx.to_owned();
            let roots = off_the_runtime(pbx, move || from_system(label)).await?;
            authorities(roots, &provider, pbx)?
        }
    };
    let verifier = Arc::new(Verifier::new(anchor, provider.clone()));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(pbx, &error))?
        // Not less strict than the usual way: it has the usual verifier at its heart, or a certificate that is known.
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    Ok((config, verifier))
}

async fn off_the_runtime<T: Send + 'static>(
    pbx: &str,
    read: impl FnOnce() -> Result<T, PbxError> + Send + 'static,
) -> Result<T, PbxError> {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read,
        Err(error) => Err(unusable(pbx, &error)),
    }
}

fn authorities(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
    pbx: &str,
) -> Result<Anchor, PbxError> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let verifier = verifier.build().map_err(|error| unusable(pbx, &error))?;
    Ok(Anchor::Authorities(verifier))
}

fn unusable(pbx: &str, error: &dyn std::error::Error) -> PbxError {
    PbxError::Unreachable {
        pbx: pbx.to_owned(),
        detail: error.to_string(),
    }
}

/// What the operating system trusts, and not a list of this program's own: a company's CA is installed there, and it is
/// kept up to date without a new release.
fn from_system(pbx: String) -> Result<RootCertStore, PbxError> {
    let mut roots = RootCertStore::empty();
    // Some of what is installed may not be readable; without any there is nothing to check with.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(PbxError::NoRoots { pbx });
    }
    roots.roots.shrink_to_fit();
    Ok(roots)
}

fn from_file(file: &Path) -> Result<RootCertStore, PbxError> {
    let refuse = |detail: String| PbxError::CaFile {
        file: PathBuf::from(file).display().to_string(),
        detail,
    };
    let mut text = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut text))
        .map_err(|error| refuse(error.to_string()))?;
    if text.len() as u64 > LARGEST {
        return Err(refuse("it is larger than 1 MiB".to_owned()));
    }
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let read = certificate.is_ok_and(|certificate| roots.add(certificate).is_ok());
        if !read {
            return Err(refuse("a certificate in it can't be read".to_owned()));
        }
    }
    if roots.is_empty() {
        return Err(refuse("there is no certificate in it (PEM)".to_owned()));
    }
    Ok(roots)
}
