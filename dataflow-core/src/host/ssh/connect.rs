//! From an address to an SSH connection whose host key has been accepted.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;

use russh::client::{self, Handle};
use russh::{AlgorithmKind, SshId};
use rustix::net::{Shutdown, shutdown, sockopt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::super::output::escape;
use super::HostError;
use super::client::{Client, Failure, is_end};
use super::heard::Said;
use super::host_key::HostKeyCheck;
use super::link::Ending;
use super::refusals::Refusals;
use super::route::Hop;

/// How long sent bytes may stay unacknowledged, in milliseconds. Ends a session whose peer is gone
/// while much is being sent, when no keepalive gets through to the socket.
const UNACKNOWLEDGED: u32 = 60_000;

/// Finds the addresses of a host. The system's resolver can block for long and can't be stopped, so
/// it runs on a thread that nobody waits for.
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, HostError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let failed = |reason: String| HostError::Resolve {
        name: host.to_owned(),
        reason,
    };
    let (found, finding) = oneshot::channel();
    let name = host.to_owned();
    std::thread::Builder::new()
        .name("resolver".into())
        .spawn(move || {
            // Fails where nobody waits any more.
            let _ = found.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter));
        })
        .map_err(|error| failed(error.to_string()))?;
    match finding.await {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_)) | Err(_) => Err(failed("it has no address".into())),
        Ok(Err(error)) => Err(failed(escape(&error.to_string()))),
    }
}

/// Connects to the first address that answers; each has an equal share of the time.
pub(super) async fn tcp(addresses: &[SocketAddr], hop: &Hop) -> Result<TcpStream, HostError> {
    let (label, port, time) = (&hop.label, hop.port, hop.connect_timeout);
    let share = time / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut result = Err(ErrorKind::AddrNotAvailable.into());
    for address in addresses {
        result = match timeout(share, TcpStream::connect(address)).await {
            Ok(connected) => connected,
            Err(_) => Err(ErrorKind::TimedOut.into()),
        };
        if let Ok(socket) = &result {
            // Small requests go back and forth: waiting to fill packets costs 40 ms each.
            let set = socket.set_nodelay(true);
            // Not every system has it; the session works without.
            let _ = sockopt::set_tcp_user_timeout(socket, UNACKNOWLEDGED);
            if let Err(error) = set {
                result = Err(error);
            }
            break;
        }
    }
    result.map_err(|error: std::io::Error| match error.kind() {
        ErrorKind::TimedOut => HostError::Timeout {
            host: label.clone(),
            stage: "connecting",
            after: time,
        },
        ErrorKind::ConnectionRefused => HostError::Refused {
            host: label.clone(),
            port,
        },
        _ => HostError::NoRoute {
            host: label.clone(),
            port,
            reason: error.to_string(),
        },
    })
}

/// Shuts a socket down when dropped, wherever else it is in use.
pub(super) struct CutOnDrop(Option<OwnedFd>);

impl CutOnDrop {
    pub(super) fn new(socket: &TcpStream) -> Self {
        Self(socket.as_fd().try_clone_to_owned().ok())
    }

    pub(super) fn defuse(mut self) {
        self.0 = None;
    }
}

impl Drop for CutOnDrop {
    fn drop(&mut self) {
        if let Some(socket) = &self.0 {
            // Fails where it is shut already.
            let _ = shutdown(socket, Shutdown::Both);
        }
    }
}

/// Does the SSH handshake and checks the host key.
pub(super) async fn handshake<S>(
    stream: S,
    hop: &Hop,
    check: Arc<HostKeyCheck>,
    ending: &Ending,
    refusals: &Refusals,
) -> Result<Handle<Client>, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (alive, in_vain) = hop.alive;
    let mut config = client::Config {
        client_id: SshId::Standard(concat!("SSH-2.0-dataflow_", env!("CARGO_PKG_VERSION")).into()),
        keepalive_interval: alive,
        keepalive_max: in_vain,
        ..client::Config::default()
    };
    config.preferred.key = check.algorithms().into();
    config.preferred.host_key_certificates = check.certificates().into();
    let client = Client::new(check, ending.clone(), refusals.clone());
    client::connect_stream(Arc::new(config), stream, client).await
}

/// Why the handshake failed, for the operator.
pub(super) fn failed(failure: Failure, hop: &Hop, ending: &Ending, said: &Said) -> HostError {
    let error = match failure {
        Failure::Host(error) => return *error,
        Failure::Ssh(error) => error,
    };
    let reason = match (said.instead(), is_end(&error)) {
        (Some(said), true) if said.is_empty() => {
            "the server closed the connection before it said anything".to_owned()
        }
        (Some(said), _) if !said.is_empty() => format!("what answers there said: {said}"),
        _ => reason(&error, ending),
    };
    HostError::Handshake {
        host: hop.label.clone(),
        reason,
    }
}

fn reason(error: &russh::Error, ending: &Ending) -> String {
    match error {
        russh::Error::NoCommonAlgo {
            kind: AlgorithmKind::Key,
            theirs,
            ..
        } => format!(
            "it has host keys of the types {} only; Ed25519 and ECDSA are accepted",
            escape(&theirs.join(", "))
        ),
        russh::Error::NoCommonAlgo { kind, theirs, .. } => {
            format!(
                "it offers no acceptable {kind:?} algorithm, only {}",
                escape(&theirs.join(", "))
            )
        }
        russh::Error::Version => "what answers there is no SSH server".into(),
        russh::Error::Disconnect | russh::Error::HUP => ending.reason(),
        other => escape(&other.to_string()),
    }
}
