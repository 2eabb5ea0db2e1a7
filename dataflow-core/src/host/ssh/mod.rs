//! A machine reached over SSH. The only place that knows the SSH library.

mod agent;
mod auth;
mod connect;
mod events;
mod host_key;
mod keys;
mod link;
mod pem;
mod prompt_ack;
mod rsa;

use russh::client::Msg;
use russh::{Channel, ChannelOpenFailure};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::process::{self, Names, Process};
use super::stream::{Endpoint, Pipe, Stream};
use super::{ForwardingReason, HostError, SignIn, SshAddress, quote, shown};
pub(super) use events::Events;
use link::{Ending, Link, Opened};

/// How many connections there may be beside the first.
const MORE: usize = 5;

/// A server that is signed in to: one connection. Only where the server lets one connection have
/// few sessions (`MaxSessions`), and more commands run at a time, there are further ones.
pub(super) struct Session {
    first: Link,
    more: Mutex<Vec<Link>>,
    way: Way,
}

/// How a connection comes about.
struct Way {
    address: SshAddress,
    user: String,
    label: String,
    sign_in: SignIn,
}

impl Way {
    /// Connects, checks the host key, signs in.
    async fn connect(&self) -> Result<Link, HostError> {
        let Self {
            address,
            user,
            label,
            sign_in,
        } = self;
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
            Ok(handle) => Ok(Link {
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
}

impl Session {
    /// Connects, checks the host key, signs in.
    pub(super) async fn connect(
        address: &SshAddress,
        user: &str,
        label: &str,
        sign_in: &SignIn,
    ) -> Result<Self, HostError> {
        let way = Way {
            address: address.clone(),
            user: user.to_owned(),
            label: label.to_owned(),
            sign_in: sign_in.clone(),
        };
        Ok(Self {
            first: way.connect().await?,
            more: Mutex::default(),
            way,
        })
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
        let link =
            self.way.connect().await.map_err(|error| {
                refused(format!("{words}, and for one connection more: {error}"))
            })?;
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
        let Link { handle, ending } = &self.first;
        let opened = match to {
            Endpoint::Unix(path) => handle.channel_open_direct_streamlocal(path).await,
            Endpoint::Tcp(port) => {
                handle
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
            _ => names.lost(process::Lost::Connection(ending.reason())),
        })?;
        let ending = ending.clone();
        let process = process(channel, ending, names, Events::connection);
        Ok(Box::new(Pipe::forwarded(process)))
    }

    /// Ends all connections in good order.
    pub(super) async fn close(self) {
        for link in self.more.into_inner() {
            link.close().await;
        }
        self.first.close().await;
    }
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
