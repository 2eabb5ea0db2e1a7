//! Host certificates: a host key that an authority has signed.

use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents,
};
use russh::keys::ssh_key::certificate::CertType;
use russh::keys::ssh_key::public::KeyData;
use russh::keys::{Algorithm, Certificate, HashAlg};

/// Why a certificate proves nothing. `principal` is the name it must be made out to, `now` in seconds since 1970. That
/// its authority is trusted is not looked at here.
pub(super) fn objection(certificate: &Certificate, principal: &str, now: u64) -> Option<String> {
    if certificate.cert_type() != CertType::Host {
        return Some("it is a user's and not a host's".to_owned());
    }
    let names = certificate.valid_principals();
    if !names
        .iter()
        .any(|name| name.eq_ignore_ascii_case(principal))
    {
        return Some(format!(
            "it is made out to {} and not to {principal}",
            if names.is_empty() {
                "nobody".to_owned()
            } else {
                super::shown(names.join(", ").as_bytes())
            }
        ));
    }
    if now < certificate.valid_after() {
        return Some("it is not valid yet".to_owned());
    }
    if now >= certificate.valid_before() {
        return Some("it has expired".to_owned());
    }
    if !certificate.critical_options().is_empty() {
        return Some("it has conditions that are not known here".to_owned());
    }
    (!is_signed(certificate)).then(|| "its signature is wrong".to_owned())
}

/// Whether the authority that it names has signed it.
fn is_signed(certificate: &Certificate) -> bool {
    let KeyData::Rsa(authority) = certificate.signature_key() else {
        let authority = certificate.signature_key().fingerprint(HashAlg::Sha256);
        // Its time was looked at before.
        let time = certificate.valid_after();
        return certificate.validate_at(time, [&authority]).is_ok();
    };
    let signature = certificate.signature();
    let algorithm = match signature.algorithm() {
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha256),
        } => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha512),
        } => &RSA_PKCS1_2048_8192_SHA512,
        _ => return false,
    };
    // Signed is all that comes before the signature, which is a string of two strings at the end.
    let (name, bytes) = (signature.algorithm(), signature.as_bytes());
    let length = 4 + 4 + name.as_str().len() + 4 + bytes.len();
    let Ok(whole) = certificate.to_bytes() else {
        return false;
    };
    let (Some(signed), Some(n), Some(e)) = (
        whole
            .len()
            .checked_sub(length)
            .and_then(|end| whole.get(..end)),
        authority.n().as_positive_bytes(),
        authority.e().as_positive_bytes(),
    ) else {
        return false;
    };
    RsaPublicKeyComponents { n, e }
        .verify(algorithm, signed, bytes)
        .is_ok()
}
