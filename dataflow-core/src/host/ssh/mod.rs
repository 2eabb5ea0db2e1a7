//! A machine reached over SSH. The only place that knows the SSH library.

mod agent;
mod auth;
mod connect;
mod events;
mod host_key;
mod keys;
mod prompt_ack;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use russh::client::{self, Msg};
use russh::{Channel, ChannelOpenFailure, Disconnect};
use tokio::time::timeout;

use super::process::{self, Names, Process};
use super::stream::{Endpoint, Pipe, Stream};
use super::{ForwardingReason, HostError, SignIn, SshAddress, quote, shown};
pub(super) use events::Events;
use host_key::Client;

/// An SSH session that is signed in.
pub(super) struct Session {
    handle: client::Handle<Client>,
    ending: Ending,
}

/// Why the session ended, once it has.
#[derive(Clone, Default)]
struct Ending(Arc<Mutex<Option<String>>>);

impl Ending {
    fn set(&self, reason: String) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(reason);
    }

    fn reason(&self) -> String {
        let reason = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        reason.unwrap_or_else(|| "the server closed the connection".to_owned())
    }
}

impl Session {
    /// Connects, checks the host key, signs in.
    pub(super) async fn connect(
        address: &SshAddress,
        user: &str,
        label: &str,
        sign_in: &SignIn,
    ) -> Result<Self, HostError> {
        let mut stage = "resolving its name";
        let ending = Ending::default();
        let connecting = async {
            let addresses = connect::resolve(&address.host, address.port).await?;
            stage = "connecting";
            let socket =
                connect::tcp(&addresses, label, address.port, sign_in.connect_timeout).await?;
            // Without this, the library's own task would wait on for a server that never answers.
            let cut = connect::CutOnDrop::new(&socket);
            stage = "SSH handshake";
            let mut handle = connect::handshake(socket, address, label, sign_in, &ending).await?;
            stage = "signing in";
            auth::sign_in(&mut handle, user, label, sign_in, &ending).await?;
            cut.defuse();
            Ok(handle)
        };
        match timeout(sign_in.connect_timeout, connecting).await {
            Ok(handle) => Ok(Self {
                handle: handle?,
                ending,
            }),
            Err(_) => Err(HostError::Timeout {
                host: label.to_owned(),
                stage,
                after: sign_in.connect_timeout,
            }),
        }
    }

    /// Why it is over, if it is.
    #[cfg(feature = "docker")]
    pub(super) fn lost(&self) -> Option<String> {
        self.handle.is_closed().then(|| self.ending.reason())
    }

    /// Runs a program on a channel of its own. Its words reach it through any login shell that
    /// knows single and double quotes.
    pub(super) async fn start(&self, argv: &[String], names: Names) -> Result<Process, HostError> {
        let line = argv
            .iter()
            .map(|word| quote(word))
            .collect::<Option<Vec<_>>>();
        let line = line
            .ok_or_else(|| HostError::BadCommand {
                command: names.command.clone(),
            })?
            .join(" ");
        let mut opened = self.handle.channel_open_session().await;
        if let Err(russh::Error::ChannelOpenFailure(_)) = opened {
            // OpenSSH counts a session until the round after its end: at its limit (MaxSessions)
            // the next one is refused when it comes at once, and taken then.
            opened = self.handle.channel_open_session().await;
        }
        let channel = opened.map_err(|error| match error {
            russh::Error::ChannelOpenFailure(failure) => HostError::ChannelRefused {
                host: names.host.clone(),
                command: names.command.clone(),
                reason: failure.description().to_owned(),
            },
            _ => names.lost(process::Lost::Connection(self.ending.reason())),
        })?;
        let process = self.process(channel, names, Events::program);
        if let process::Events::Ssh(events) = &process.events {
            // Where this fails, the events tell that the connection is lost.
            events.exec(line).await;
        }
        Ok(process)
    }

    /// Has the server connect onwards.
    pub(super) async fn dial(&self, to: &Endpoint, label: &str) -> Result<Stream, HostError> {
        let opened = match to {
            Endpoint::Unix(path) => self.handle.channel_open_direct_streamlocal(path).await,
            Endpoint::Tcp(port) => {
                self.handle
                    .channel_open_direct_tcpip("127.0.0.1", u32::from(*port), "127.0.0.1", 0)
                    .await
            }
        };
        let names = Names {
            host: label.to_owned(),
            command: format!("connection to {to}"),
        };
        let channel = opened.map_err(|error| match error {
            russh::Error::ChannelOpenFailure(failure) => HostError::ForwardingRefused {
                host: label.to_owned(),
                what: to.clone(),
                reason: match failure {
                    ChannelOpenFailure::AdministrativelyProhibited => ForwardingReason::Prohibited,
                    ChannelOpenFailure::ConnectFailed => ForwardingReason::NotConnected,
                    other => ForwardingReason::Other(shown(other.description().as_bytes())),
                },
            },
            _ => names.lost(process::Lost::Connection(self.ending.reason())),
        })?;
        Ok(Box::new(Pipe::forwarded(self.process(
            channel,
            names,
            Events::connection,
        ))))
    }

    fn process(
        &self,
        channel: Channel<Msg>,
        names: Names,
        events: fn(Channel<Msg>, Ending) -> Events,
    ) -> Process {
        let input = Box::new(channel.make_writer());
        Process {
            input,
            events: process::Events::Ssh(events(channel, self.ending.clone())),
            names,
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

#[cfg(test)]
mod tests;
