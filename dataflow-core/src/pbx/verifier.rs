//! Judges the certificate that a PBX shows, and remembers why one was not trusted.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::certificate::{Distrust, ShownCertificate};
use crate::spec::CertificateFingerprint;

/// On what trust rests.
#[derive(Debug)]
pub(super) enum Anchor {
    /// On authorities: they vouch for the name, for the time that the certificate states.
    Authorities(Arc<WebPkiServerVerifier>),
    /// On one certificate that the operator has compared. Its name and dates say nothing beyond that: a PBX's own
    /// certificate is often for no name that it is called by, and runs out unseen. It counts until the settings change.
    Pinned(CertificateFingerprint),
}

/// Trusts as its anchor says.
#[derive(Debug)]
pub(super) struct Verifier {
    anchor: Anchor,
    provider: Arc<CryptoProvider>,
    refused: Mutex<Option<(Distrust, ShownCertificate)>>,
}

impl Verifier {
    pub(super) fn new(anchor: Anchor, provider: Arc<CryptoProvider>) -> Self {
        Self {
            anchor,
            provider,
            refused: Mutex::new(None),
        }
    }

    /// Why the last certificate that was not trusted was not.
    pub(super) fn refused(&self) -> Option<(Distrust, ShownCertificate)> {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn judge(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, (Distrust, Error)> {
        match &self.anchor {
            Anchor::Authorities(verifier) => verifier
                .verify_server_cert(shown, intermediates, name, ocsp, now)
                .map_err(|error| (distrust(&error, name, now), error)),
            Anchor::Pinned(pinned) if CertificateFingerprint::of(shown) == *pinned => {
                Ok(ServerCertVerified::assertion())
            }
            Anchor::Pinned(pinned) => Err((
                Distrust::NotPinned {
                    pinned: pinned.clone(),
                },
                CertificateError::ApplicationVerificationFailure.into(),
            )),
        }
    }
}

fn distrust(error: &Error, name: &ServerName<'_>, now: UnixTime) -> Distrust {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let now = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    match error {
        Error::InvalidCertificate(error) => match error {
            CertificateError::UnknownIssuer => Distrust::UnknownIssuer,
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                Distrust::Expired { now }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Distrust::NotYetValid { now }
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Distrust::OtherName {
                    wanted: name.to_str().into_owned(),
                }
            }
            other => Distrust::Other(crate::host::shown(other.to_string().as_bytes())),
        },
        other => Distrust::Other(crate::host::shown(other.to_string().as_bytes())),
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(shown, intermediates, name, ocsp, now)
            .map_err(|(why, error)| {
                let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                *refused = Some((why, ShownCertificate::of(shown)));
                error
            })
    }

    // Whoever shows the certificate has to prove that its key is theirs, pinned or not.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
