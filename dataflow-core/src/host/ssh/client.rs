//! This program's side of a session, as the SSH library calls it.

use std::fmt;
use std::sync::Arc;

use russh::client::{self, DisconnectReason};
use russh::keys::PublicKeyOrCertificate;
use russh::{ChannelId, ChannelOpenFailure};

use super::super::HostError;
use super::super::output::escape;
use super::host_key::HostKeyCheck;
use super::link::Ending;
use super::refusals::Refusals;

/// What the library asks and tells.
pub(super) struct Client {
    check: Arc<HostKeyCheck>,
    ending: Ending,
    refusals: Refusals,
}

impl Client {
    pub(super) fn new(check: Arc<HostKeyCheck>, ending: Ending, refusals: Refusals) -> Self {
        Self {
            check,
            ending,
            refusals,
        }
    }
}

/// Why a session failed: by what was found here, or by what the library says.
pub(super) enum Failure {
    Host(Box<HostError>),
    Ssh(russh::Error),
}

impl From<russh::Error> for Failure {
    fn from(error: russh::Error) -> Self {
        Self::Ssh(error)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => fmt::Display::fmt(error, f),
            Self::Ssh(error) => fmt::Display::fmt(error, f),
        }
    }
}

/// Whether the connection just ended, without a word.
pub(super) fn is_end(error: &russh::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    match error {
        russh::Error::Disconnect | russh::Error::HUP => true,
        russh::Error::IO(error) => {
            matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
        }
        _ => false,
    }
}

impl client::Handler for Client {
    type Error = Failure;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Failure> {
        let check = match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => self.check.check(key),
            PublicKeyOrCertificate::Certificate(shown) => self.check.check_certificate(shown),
        };
        let check = match check {
            Ok(()) => Ok(()),
            Err(error) => self.check.accept_new(error).await,
        };
        check
            .map(|()| true)
            .map_err(|error| Failure::Host(Box::new(error)))
    }

    async fn channel_open_failure(
        &mut self,
        _: ChannelId,
        _: ChannelOpenFailure,
        words: &str,
        _: &str,
        _: &mut client::Session,
    ) -> Result<(), Failure> {
        self.refusals.said(words);
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Failure>) -> Result<(), Failure> {
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                self.ending
                    .set(format!("the server said: {}", escape(&info.message)));
                Ok(())
            }
            DisconnectReason::Error(failure) => {
                self.ending.set(match &failure {
                    Failure::Ssh(russh::Error::KeepaliveTimeout) => {
                        "the server stopped answering".to_owned()
                    }
                    Failure::Ssh(error) if is_end(error) => {
                        "the server closed the connection".to_owned()
                    }
                    other => escape(&format!("{other:?}")),
                });
                Err(failure)
            }
        }
    }
}
