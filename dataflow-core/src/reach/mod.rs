//! Whether the server and the PBX reach each other, and what to add to a firewall where they do not.
//!
//! The server itself connects, forwarded over the SSH session: no command is run there. From the PBX it can be tried only where this
//! program runs on the PBX node.

mod here;
mod remedy;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use serde::Serialize;
use tokio::{task::JoinSet, time::timeout};

use crate::host::{Address, Endpoint, ForwardingReason, Host, HostError, SignIn, Stream};
pub(crate) use here::is_here;
pub use remedy::{SecurityGroup, firewall_rule, security_group_rule};

/// How long a connection may take. A firewall that drops what comes never answers.
const PATIENCE: Duration = Duration::from_secs(3);

/// What became of connecting to a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// The port.
    pub port: u16,
    /// What became of it.
    pub outcome: Outcome,
}

/// What becomes of connecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// There is a connection.
    Open,
    /// The machine refuses: nothing listens, or a firewall says so.
    Refused,
    /// Nothing came back: a firewall drops it, or the machine is off.
    TimedOut,
    /// No way leads there, or a firewall says so.
    NoRoute,
    /// There is no connection, and it was not said why.
    Failed,
    /// It could not be tried, and why.
    Unknown(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::TimedOut => "no answer: a firewall drops it, or the machine is off",
            Self::NoRoute => "no route, or a firewall says so",
            Self::Failed => "no connection",
            Self::Unknown(reason) => reason,
        })
    }
}

/// Has a machine connect to ports of another, all at once, and ends the connections at once. Those of several that fail are tried once
/// more, one after the other: over SSH, only then it can be told why.
pub async fn from(host: &Host, to: IpAddr, ports: &[u16]) -> Vec<Reach> {
    let mut together = JoinSet::new();
    for &port in ports.iter().filter(|_| ports.len() > 1) {
        let host = host.clone();
        let endpoint = Endpoint::Remote(SocketAddr::new(to, port));
        together.spawn(async move { (port, within(host.dial(&endpoint)).await) });
    }
    let together: BTreeMap<u16, Outcome> = together.join_all().await.into_iter().collect();
    let mut all = Vec::new();
    for &port in ports {
        let outcome = match together.get(&port) {
            Some(outcome) if *outcome != Outcome::Failed => outcome.clone(),
            _ => {
                let endpoint = Endpoint::Remote(SocketAddr::new(to, port));
                within(host.dial_alone(&endpoint)).await
            }
        };
        all.push(Reach { port, outcome });
    }
    all
}

async fn within(dialled: impl Future<Output = Result<Stream, HostError>>) -> Outcome {
    match timeout(PATIENCE, dialled).await {
        Ok(Ok(_)) => Outcome::Open,
        Ok(Err(error)) => outcome(error),
        Err(_) => Outcome::TimedOut,
    }
}

/// The same from the PBX, where this program runs on it.
///
/// # Errors
/// Why it can't be tried.
pub async fn from_pbx(pbx: IpAddr, to: IpAddr, ports: &[u16]) -> Result<Vec<Reach>, String> {
    match is_here(pbx).await {
        Ok(true) => {}
        Ok(false) => {
            return Err(format!(
                "this program does not run on the PBX node: {pbx} is no address of this machine"
            ));
        }
        Err(error) => {
            return Err(format!(
                "the addresses of this machine could not be read: {error}"
            ));
        }
    }
    let here = Host::connect(&Address::Local, &SignIn::default()).await;
    Ok(from(&here.map_err(|error| error.to_string())?, to, ports).await)
}

fn outcome(error: HostError) -> Outcome {
    let HostError::ForwardingRefused { reason, .. } = error else {
        return Outcome::Unknown(error.to_string());
    };
    match reason {
        ForwardingReason::Refused => Outcome::Refused,
        ForwardingReason::TimedOut => Outcome::TimedOut,
        ForwardingReason::NoRoute => Outcome::NoRoute,
        ForwardingReason::NotConnected => Outcome::Failed,
        ForwardingReason::Prohibited => Outcome::Unknown(
            "the SSH server forwards no connections (AllowTcpForwarding, PermitOpen)".to_owned(),
        ),
        ForwardingReason::Other(reason) => Outcome::Unknown(reason),
    }
}
