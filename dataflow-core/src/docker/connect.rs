//! Finds the way to a server's Docker Engine, and where there is none, the reason.

use std::time::Duration;

use super::{
    diagnose,
    engine::{Engine, client},
    error::DockerError,
    transport::{Route, Transport},
    version::ApiVersion,
};
use crate::host::{Host, HostError};

/// How long the first answer may take. Starting `dial-stdio` under sudo takes most of it.
const FIRST_ANSWER: Duration = Duration::from_secs(20);

pub(super) async fn connect(host: &Host, socket: &str) -> Result<Engine, DockerError> {
    let mut reached = match open(host, Route::Socket(socket.to_owned())).await {
        Ok(engine) => return Ok(engine),
        // Forwarding may be off, the user may not open the socket, or it isn't there: that is told apart later.
        Err(DockerError::Host(HostError::ForwardingRefused { .. })) => None,
        Err(error @ (DockerError::Host(_) | DockerError::Version { .. })) => return Err(error),
        // The socket was reached: another way to it would find the same.
        Err(error) => Some(error),
    };
    let mut sudo = None;
    if reached.is_none() {
        match open(host, Route::DialStdio { sudo: true }).await {
            Ok(engine) => return Ok(engine),
            Err(version @ DockerError::Version { .. }) => return Err(version),
            Err(DockerError::Host(error)) if error.is_of_sudo() => sudo = Some(error),
            Err(DockerError::Host(lost @ HostError::ConnectionLost { .. })) => {
                return Err(lost.into());
            }
            Err(error) => reached = Some(error),
        }
    }
    // A wrong password that is tried again may lock the account.
    let as_root = sudo.is_none();
    let facts = match diagnose::ask(host, socket, as_root).await {
        Err(error) if as_root && error.is_of_sudo() => {
            sudo = Some(error);
            diagnose::ask(host, socket, false).await?
        }
        facts => facts?,
    };
    if sudo.is_some()
        && facts.may_open
        && facts.client
        && let Ok(engine) = open(host, Route::DialStdio { sudo: false }).await
    {
        return Ok(engine);
    }
    let silent = || DockerError::NoAnswer {
        host: host.label(),
        doing: "tell its version".to_owned(),
        detail: "nothing was heard".to_owned(),
    };
    Err(facts.verdict(host, sudo, reached.unwrap_or_else(silent)))
}

async fn open(host: &Host, route: Route) -> Result<Engine, DockerError> {
    let doing = "tell its version";
    let ask = async {
        let transport = Transport::open(host, route).await?;
        let docker = client(transport.clone())
            .map_err(|error| DockerError::of(&host.label(), doing, error))?;
        let said = docker.version().await;
        let said = said.map_err(|error| DockerError::of(&host.label(), doing, error))?;
        Ok::<_, DockerError>((transport, said))
    };
    let late = |_| DockerError::NoAnswer {
        host: host.label(),
        doing: doing.to_owned(),
        detail: format!("no answer within {} s", FIRST_ANSWER.as_secs()),
    };
    let (transport, said) = tokio::time::timeout(FIRST_ANSWER, ask)
        .await
        .map_err(late)??;

    let newest = said.api_version.unwrap_or_default();
    let oldest = said.min_api_version.and_then(|text| text.parse().ok());
    let release = crate::host::shown(said.version.unwrap_or_default().as_bytes());
    let Some(spoken) = newest
        .parse()
        .ok()
        .and_then(|newest| ApiVersion::negotiate(oldest, newest))
    else {
        return Err(DockerError::Version {
            host: host.label(),
            release,
            newest: crate::host::shown(newest.as_bytes()),
        });
    };
    transport.speak(spoken);
    Engine::over(transport, host, release, spoken)
        .map_err(|error| DockerError::of(&host.label(), "reach the engine", error))
}
