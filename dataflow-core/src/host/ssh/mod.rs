//! A machine reached over SSH. The only place that knows the SSH library.

mod agent;
mod auth;
mod certificate;
mod client;
mod connect;
mod events;
mod heard;
mod host_key;
mod keys;
mod line;
mod link;
mod patience;
mod pem;
mod prompt_ack;
mod refusals;
mod route;
mod rsa;
mod way;

use client::Client;
use russh::client::{Handle, Msg};
use russh::{Channel, ChannelOpenFailure};
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::process::{self, Names, Process};
use super::ssh_config::SshConfig;
use super::stream::{Endpoint, Pipe, Stream};
use super::{ForwardingReason, HostError, SignIn, SshAddress, quote, shown};
pub(super) use events::Events;
use link::{Ending, Link, Opened};
use route::{Hop, route};

/// How many connections there may be beside the first.
const MORE: usize = 5;

/// A server that is signed in to: one connection. Only where the server lets one connection have
/// few sessions (`MaxSessions`), and more commands run at a time, there are further ones.
pub(super) struct Session {
    hop: Hop,
    /// The servers it lies behind.
    jumps: Vec<Link>,
    first: Link,
    more: Mutex<Vec<Link>>,
}

impl Session {
    /// Finds the way, and for each server on it: connects, checks the host key, signs in.
    pub(super) async fn connect(address: &SshAddress, sign_in: &SignIn) -> Result<Self, HostError> {
        let which = sign_in.config.clone();
        let reading = tokio::task::spawn_blocking(move || SshConfig::read(&which));
        let config = reading.await.unwrap_or_else(|_| Ok(SshConfig::default()))?;
        let mut hops = route(address, sign_in, &config)?;
        let mut hop = hops.pop().ok_or_else(|| HostError::BadAddress {
            address: address.to_string(),
            reason: "no way leads there",
        })?;
        let mut jumps: Vec<Link> = Vec::new();
        for hop in &hops {
            jumps.push(way::connect(hop, jumps.last()).await?);
        }
        let first = way::connect(&hop, jumps.last()).await?;
        // Further connections need not ask for it again.
        hop.password = hop.password.or(first.typed.clone());
        Ok(Self {
            hop,
            jumps,
            first,
            more: Mutex::default(),
        })
    }

    /// The login password, where it is known.
    pub(super) fn password(&self) -> Option<&SecretString> {
        self.hop.password.as_ref()
    }

    /// The login user and the label.
    pub(super) fn names(&self) -> (String, String) {
        (self.hop.user.clone(), self.hop.label.clone())
    }

    /// Why it is over, if it is.
    #[cfg(feature = "docker")]
    pub(super) fn lost(&self) -> Option<String> {
        let Link { handle, ending, .. } = &self.first;
        handle.is_closed().then(|| ending.reason())
    }

    /// Runs a program on a channel of its own. Its words reach it through any login shell.
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
        let line = line::for_any_shell(&line);
        let (channel, ending) = self.channel(&names).await?;
        let process = process(channel, ending, names, Events::program);
        if let process::Events::Ssh(events) = &process.events {
            // Where this fails, the events tell that the connection is lost.
            events.exec(line).await;
        }
        Ok(process)
    }

    /// A channel to run a command on: of the first connection, or else of another.
    async fn channel(&self, names: &Names) -> Result<(Channel<Msg>, Ending), HostError> {
        let lost = |link: &Link| names.lost(process::Lost::Connection(link.ending.reason()));
        let refused = |reason: String| HostError::ChannelRefused {
            host: names.host.clone(),
            command: names.command.clone(),
            reason,
        };
        let first = &self.first;
        let words = match first.session_channel().await.map_err(|_| lost(first))? {
            Opened::Channel(channel) => return Ok((channel, first.ending.clone())),
            Opened::Refused(words) => words,
        };
        // Held while connecting: who comes next may find room on the new connection.
        let mut more = self.more.lock().await;
        more.retain(|link| !link.handle.is_closed());
        for link in more.iter() {
            if let Ok(Opened::Channel(channel)) = link.session_channel().await {
                return Ok((channel, link.ending.clone()));
            }
        }
        if more.len() >= MORE {
            return Err(refused(format!(
                "{words}, and {} connections are busy",
                MORE + 1
            )));
        }
        let link = way::connect(&self.hop, self.jumps.last())
            .await
            .map_err(|error| refused(format!("{words}, and for one connection more: {error}")))?;
        let opened = link.session_channel().await.map_err(|_| lost(&link))?;
        match opened {
            Opened::Channel(channel) => {
                let ending = link.ending.clone();
                more.push(link);
                Ok((channel, ending))
            }
            Opened::Refused(words) => Err(refused(words)),
        }
    }

    /// Has the server connect onwards.
    pub(super) async fn dial(&self, to: &Endpoint, label: &str) -> Result<Stream, HostError> {
        let Link { handle, ending, .. } = &self.first;
        let opened = open(handle, to).await;
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
            _ => names.lost(process::Lost::Connection(ending.reason())),
        })?;
        let ending = ending.clone();
        let process = process(channel, ending, names, Events::connection);
        Ok(Box::new(Pipe::forwarded(process)))
    }

    /// The same, and where it fails, with the server's reason.
    pub(super) async fn dial_alone(&self, to: &Endpoint, label: &str) -> Result<Stream, HostError> {
        let alone = self.first.refusals.alone().await;
        let mut dialled = self.dial(to, label).await;
        if let Err(HostError::ForwardingRefused { reason, .. }) = &mut dialled
            && *reason == ForwardingReason::NotConnected
        {
            *reason = alone.reason().await;
        }
        dialled
    }

    /// Ends all connections in good order.
    pub(super) async fn close(self) {
        for link in self.more.into_inner() {
            link.close().await;
        }
        self.first.close().await;
        for link in self.jumps.into_iter().rev() {
            link.close().await;
        }
    }
}

async fn open(handle: &Handle<Client>, to: &Endpoint) -> Result<Channel<Msg>, russh::Error> {
    let (host, port) = match to {
        Endpoint::Unix(path) => return handle.channel_open_direct_streamlocal(path).await,
        Endpoint::Tcp(port) => ("127.0.0.1".to_owned(), *port),
        Endpoint::Remote(address) => (address.ip().to_string(), address.port()),
    };
    handle
        .channel_open_direct_tcpip(host, port.into(), "127.0.0.1", 0)
        .await
}

fn process(
    channel: Channel<Msg>,
    ending: Ending,
    names: Names,
    events: fn(Channel<Msg>, Ending) -> Events,
) -> Process {
    let input = Box::new(channel.make_writer());
    Process {
        input,
        events: process::Events::Ssh(events(channel, ending)),
        names,
    }
}

#[cfg(test)]
mod tests;
