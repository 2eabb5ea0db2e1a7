//! What to do about an error of a PBX.

use super::{certificate::Distrust, error::PbxError};
use crate::{
    explain::{Explain, Kind},
    spec::CertificateFingerprint,
};

impl Explain for PbxError {
    fn kind(&self) -> Kind {
        match self {
            Self::PasswordNeeded { .. }
            | Self::CodeNeeded(_)
            | Self::SignIn { .. }
            | Self::WrongCode { .. }
            | Self::Unreachable { .. }
            | Self::Certificate { .. }
            | Self::Slow { .. }
            | Self::BrokeOff { .. }
            | Self::NotApi { .. }
            | Self::Ended { .. } => Kind::Unreachable,
            Self::CaFile { .. } => Kind::Usage,
            Self::NoRoots { .. } | Self::List { .. } => Kind::Precondition,
            Self::Refused { .. }
            | Self::Throttled { .. }
            | Self::Failing { .. }
            | Self::Lost { .. }
            | Self::TokenLost { .. } => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::PasswordNeeded { .. } => {
                "Set password-file under [api], or DATAFLOW_PBX_PASSWORD in the environment; on a terminal it is asked for.".into()
            }
            Self::CodeNeeded(_) => {
                "Run the same command on a terminal: it asks for the code, which the PBX has sent by e-mail. Where nobody can answer, use a system administrator without two-factor authentication.".into()
            }
            Self::SignIn { .. } => {
                "Check user and password under [api]: it takes a system administrator of the PBX, without a domain. After several wrong passwords a PBX may refuse the right one for a while.".into()
            }
            Self::WrongCode { .. } => {
                "Run the same command again: the PBX sends a new code.".into()
            }
            Self::Unreachable { .. } => {
                "Check that the PBX runs, that url under [api] is right, and that a firewall lets this machine reach that port.".into()
            }
            Self::Certificate { why, certificate, .. } => {
                distrust(why, &certificate.fingerprint)
            }
            Self::CaFile { .. } => {
                "Set ca-file under [api] to a PEM file with the certificate of the CA that issued the PBX's certificate.".into()
            }
            Self::NoRoots { .. } => {
                "Install the package ca-certificates on this machine, or set ca-file or certificate under [api].".into()
            }
            Self::Slow { .. } => {
                "Check how the PBX is doing; where it is only far away, set a longer timeout under [api].".into()
            }
            Self::NotApi { .. } => {
                "Check url under [api]: it is https://PBX:8887/api on a PBX, and no proxy may stand in between.".into()
            }
            Self::Refused { status: 401 | 403, .. } => {
                "Use a system administrator of the PBX, without a domain, as user under [api].".into()
            }
            Self::Refused { status: 404, .. } => {
                "Look what the PBX has now (dataflow whitelist list), then run the same command again. A path that the PBX does not know means that url or generate-path is wrong.".into()
            }
            Self::Refused { .. } | Self::Lost { .. } => {
                "Look what the PBX has now (dataflow whitelist list), then run the same command again.".into()
            }
            Self::TokenLost { .. } => {
                "Have another one generated (dataflow token generate): the one that the server has may no longer count.".into()
            }
            Self::List { .. } => {
                "Put that right in the PBX's portal; or enter the server's address there by hand and use --prerequisites manual.".into()
            }
            Self::Throttled { after: Some(_), .. } => {
                "Wait that long, then run the same command again.".into()
            }
            Self::Throttled { .. } => "Wait a minute, then run the same command again.".into(),
            Self::Failing { .. } | Self::BrokeOff { .. } => {
                "Check how the PBX is doing, then run the same command again.".into()
            }
            Self::Ended { .. } => "Run the same command again: it signs in anew.".into(),
        }
    }

    fn details(&self) -> &[String] {
        match self {
            Self::Certificate { lines, .. } => lines,
            _ => &[],
        }
    }
}

fn distrust(why: &Distrust, fingerprint: &CertificateFingerprint) -> String {
    let pin = format!(
        "compare the fingerprint with the one on the PBX itself, and where they are the same, set certificate = \"{fingerprint}\" under [api]"
    );
    match why {
        Distrust::UnknownIssuer | Distrust::Other(_) => {
            format!("Set ca-file under [api] to the CA's certificate; or {pin}.")
        }
        Distrust::Expired { .. } => {
            format!("Where that clock is right, renew the PBX's certificate; or {pin}.")
        }
        Distrust::NotYetValid { .. } => {
            "Most likely that clock is wrong: set it right, then run the same command again.".into()
        }
        Distrust::OtherName { .. } => {
            format!("Use a name in url under [api] that the certificate is for; or {pin}.")
        }
        Distrust::NotPinned { .. } => format!(
            "Where the PBX has got a new certificate, {pin}. Otherwise somebody else answers: do not go on."
        ),
    }
}
