//! One connection to a server, signed in.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use russh::client::{self, Msg};
use russh::{Channel, Disconnect};
use secrecy::SecretString;
use tokio::time::timeout;

use super::client::Client;
use super::refusals::Refusals;

/// One connection to a server, signed in.
pub(super) struct Link {
    /// The server, as `user@host`.
    pub(super) label: String,
    pub(super) handle: client::Handle<Client>,
    pub(super) ending: Ending,
    pub(super) refusals: Refusals,
    /// The password that the operator typed for it.
    pub(super) typed: Option<SecretString>,
}

/// Why a connection ended, once it has.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<Mutex<Option<String>>>);

impl Ending {
    pub(super) fn set(&self, reason: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(reason);
    }

    pub(super) fn reason(&self) -> String {
        let reason = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        reason.unwrap_or_else(|| "the server closed the connection".to_owned())
    }
}

/// What a server answers to the wish for one more channel.
pub(super) enum Opened {
    Channel(Channel<Msg>),
    /// It gives no more on this connection; its words.
    Refused(String),
}

impl Link {
    /// A channel to run a command on; the error: the connection is lost.
    pub(super) async fn session_channel(&self) -> Result<Opened, russh::Error> {
        let mut opened = self.handle.channel_open_session().await;
        if let Err(russh::Error::ChannelOpenFailure(_)) = opened {
            // OpenSSH counts a session until the round after its end: at its limit (MaxSessions)
            // the next one is refused when it comes at once, and taken then.
            opened = self.handle.channel_open_session().await;
        }
        match opened {
            Ok(channel) => Ok(Opened::Channel(channel)),
            Err(russh::Error::ChannelOpenFailure(failure)) => {
                Ok(Opened::Refused(failure.description().to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// Tells the server that it is over, and waits a moment for the library to have sent that.
    pub(super) async fn close(self) {
        let _ = self
            .handle
            .disconnect(Disconnect::ByApplication, "", "")
            .await;
        let _ = timeout(Duration::from_secs(1), self.handle).await;
    }
}
