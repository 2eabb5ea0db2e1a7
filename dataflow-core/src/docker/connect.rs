//! Finds the way to a server's Docker Engine, and where there is none, the reason.

use std::time::Duration;

use super::{
    engine::{Engine, client},
    error::DockerError,
    transport::{Route, Transport},
    version::ApiVersion,
};
use crate::host::{Command, Host, HostError, Status};

/// How long the first answer may take. Starting `dial-stdio` under sudo takes most of it.
const FIRST_ANSWER: Duration = Duration::from_secs(20);

pub(super) async fn connect(host: &Host, socket: &str) -> Result<Engine, DockerError> {
    match open(host, Route::Socket(socket.to_owned())).await {
        Ok(engine) => return Ok(engine),
        // Forwarding may be off, the user may not open the socket, or it isn't there: that is told apart later.
        Err(DockerError::Host(HostError::ForwardingRefused { .. })) => {}
        Err(DockerError::Host(error)) => return Err(DockerError::Host(error)),
        // The socket was reached: another way to it would find the same.
        Err(error) => return Err(error),
    }
    match open(host, Route::DialStdio).await {
        Ok(engine) => Ok(engine),
        Err(version @ DockerError::Version { .. }) => Err(version),
        // Nothing more to find out, and a wrong password tried again may lock the account.
        Err(DockerError::Host(sudo)) if sudo.is_of_sudo() => Err(DockerError::Host(sudo)),
        Err(failed) => Err(diagnose(host).await?.unwrap_or(failed)),
    }
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

/// Neither way worked: asks the server itself why. `None` where it sees nothing wrong either.
async fn diagnose(host: &Host) -> Result<Option<DockerError>, HostError> {
    let question =
        Command::shell("command -v docker >/dev/null || exit 66; docker version >/dev/null").sudo();
    let answer = host.exec(&question).await?;
    Ok(match answer.status {
        Status::Exited(0) => None,
        Status::Exited(66) => Some(DockerError::NotInstalled { host: host.label() }),
        _ => Some(DockerError::DaemonDown {
            host: host.label(),
            detail: answer.stderr_shown(),
        }),
    })
}
