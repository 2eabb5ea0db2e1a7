//! The engine's API, one method for each thing that is asked of it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bollard::{
    ClientVersion, Docker,
    errors::Error as BollardError,
    models::ContainerCreateBody,
    query_parameters::{
        CreateContainerOptionsBuilder, RemoveContainerOptionsBuilder,
        RenameContainerOptionsBuilder, StopContainerOptionsBuilder, TopOptionsBuilder,
    },
};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Bytes, Incoming};

use super::{
    connect,
    error::DockerError,
    model::{Container, Image},
    transport::{Route, Transport},
    version::ApiVersion,
};
use crate::{
    host::{Host, HostError},
    spec::ContainerSpec,
};

/// How long the engine may take to answer a question.
pub(super) const ANSWER: Duration = Duration::from_secs(30);

/// How long the engine may take to make, start, rename or take away a container. A busy disk makes this long.
pub(super) const CHANGE: Duration = Duration::from_secs(120);

/// Time between two looks at a container that is being taken away.
const LOOK: Duration = Duration::from_millis(100);

/// The most bytes that the engine's reason for a refusal may take.
const COMPLAINT: usize = 16 * 1024;

/// What the engine gets on top of the time that a container is given to stop.
const STOP_MARGIN: Duration = Duration::from_secs(30);

/// The Docker Engine of one server.
#[derive(Clone)]
pub struct Engine {
    pub(super) docker: Docker,
    pub(super) host: Host,
    transport: Arc<Transport>,
    release: String,
    api: ApiVersion,
}

impl Engine {
    /// Finds the way to the engine of `host` and agrees with it on an API version.
    ///
    /// # Errors
    /// Where there is no engine, it doesn't run, is too old, or may not be used by this user.
    pub async fn connect(host: &Host) -> Result<Self, DockerError> {
        connect::connect(host, super::SOCKET).await
    }

    /// Stands for the engine of a server that has none yet: whatever is asked of it fails.
    ///
    /// # Errors
    /// Never, as far as is known: it is the client library that may fail.
    pub(crate) fn none(host: &Host) -> Result<Self, DockerError> {
        let transport = Transport::closed(host, Route::Socket(super::SOCKET.to_owned()));
        Self::over(transport, host, String::new(), super::version::OLDEST)
            .map_err(|error| DockerError::of(&host.label(), "be asked", error))
    }

    pub(super) fn over(
        transport: Arc<Transport>,
        host: &Host,
        release: String,
        api: ApiVersion,
    ) -> Result<Self, BollardError> {
        Ok(Self {
            docker: client(Arc::clone(&transport))?,
            transport,
            host: host.clone(),
            release,
            api,
        })
    }

    /// The engine's release, such as 20.10.24.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The API version that is spoken with it.
    pub fn api_version(&self) -> ApiVersion {
        self.api
    }

    /// The container of this name, or `None`.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn container(&self, name: &str) -> Result<Option<Container>, DockerError> {
        let doing = format!("inspect container {name}");
        let asked = self.docker.inspect_container(name, None);
        absent_or(self.within(ANSWER, &doing, asked).await.map(Into::into))
    }

    /// The image that this name or identifier stands for on the server, or `None`.
    ///
    /// # Errors
    /// Where the engine gives no answer.
    pub async fn image(&self, name: &str) -> Result<Option<Image>, DockerError> {
        let doing = format!("inspect image {name}");
        let asked = self.docker.inspect_image(name);
        absent_or(self.within(ANSWER, &doing, asked).await.map(Into::into))
    }

    /// Makes a container; it is not started.
    ///
    /// # Errors
    /// Where the engine refuses, for one because the name is taken.
    pub async fn create(&self, spec: &ContainerSpec) -> Result<(), DockerError> {
        self.create_from(&spec.name, super::create::body(spec))
            .await
    }

    pub(super) async fn create_from(
        &self,
        name: &str,
        body: ContainerCreateBody,
    ) -> Result<(), DockerError> {
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        let asked = self.docker.create_container(Some(options), body);
        self.within(CHANGE, &format!("create {name}"), asked)
            .await
            .map(drop)
    }

    /// Starts a container, or lets a frozen one go on; one that runs is left alone.
    ///
    /// # Errors
    /// Where there is none of this name, or it can't be started.
    pub async fn start(&self, name: &str) -> Result<(), DockerError> {
        let doing = format!("start {name}");
        let asked = self.docker.start_container(name, None);
        match self.within(CHANGE, &doing, asked).await {
            Err(error) if error.is_of_paused() => self.unpause(name).await,
            answer => answer,
        }
    }

    async fn unpause(&self, name: &str) -> Result<(), DockerError> {
        let asked = self.docker.unpause_container(name);
        self.within(CHANGE, &format!("unpause {name}"), asked).await
    }

    /// Stops a container: asks it to end and kills it when `patience` is over; one that is stopped is left alone.
    ///
    /// # Errors
    /// Where there is none of this name, or the engine can't stop it.
    pub async fn stop(&self, name: &str, patience: Duration) -> Result<(), DockerError> {
        let seconds = i32::try_from(patience.as_secs()).unwrap_or(i32::MAX);
        let options = StopContainerOptionsBuilder::new().t(seconds).build();
        let doing = format!("stop {name}");
        let stop = || self.docker.stop_container(name, Some(options.clone()));
        match self.within(patience + STOP_MARGIN, &doing, stop()).await {
            // A frozen program can't end.
            Err(error) if error.is_of_paused() => {
                self.unpause(name).await?;
                self.within(patience + STOP_MARGIN, &doing, stop()).await
            }
            answer => answer,
        }
    }

    /// Gives a container another name.
    ///
    /// # Errors
    /// Where there is none of this name, or the other name is taken.
    pub async fn rename(&self, name: &str, to: &str) -> Result<(), DockerError> {
        let options = RenameContainerOptionsBuilder::new().name(to).build();
        let asked = self.docker.rename_container(name, options);
        self.within(CHANGE, &format!("rename {name} to {to}"), asked)
            .await
    }

    /// Takes a container away, running or not; none of this name is as good. Host paths that it saw stay as they are, and so do
    /// volumes with a name; those without one, which an image may ask for, nobody could find again.
    ///
    /// # Errors
    /// Where the engine can't take it away.
    pub async fn remove(&self, name: &str) -> Result<(), DockerError> {
        match self.remove_now(name).await {
            // It removes one by itself that was made to be removed when it stops.
            Err(error) if error.is_of_removal() => self.see_gone(name).await,
            answer => answer,
        }
    }

    async fn see_gone(&self, name: &str) -> Result<(), DockerError> {
        let began = Instant::now();
        while self.container(name).await?.is_some() {
            if began.elapsed() >= CHANGE {
                return Err(DockerError::NoAnswer {
                    host: self.host.label(),
                    doing: format!("remove {name}"),
                    detail: format!("it is still there after {} s", CHANGE.as_secs()),
                });
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    async fn remove_now(&self, name: &str) -> Result<(), DockerError> {
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(true)
            .build();
        let asked = self.docker.remove_container(name, Some(options));
        let removed = self.within(CHANGE, &format!("remove {name}"), asked).await;
        absent_or(removed).map(drop)
    }

    /// The name of a running container's first process, at most 15 characters of it: a start script's while that prepares the real
    /// program.
    ///
    /// # Errors
    /// Where the engine gives no answer; it needs the program `ps` on the server for one.
    pub async fn first_process(&self, name: &str) -> Result<Option<String>, DockerError> {
        let doing = format!("list the processes of {name}");
        let options = TopOptionsBuilder::new().ps_args("-o pid,comm").build();
        let asked = self.docker.top_processes(name, Some(options));
        let listed = self.within(ANSWER, &doing, asked).await?;
        // The engine lists a container's processes in the order of their numbers, the first one first.
        let first = listed.processes.unwrap_or_default().into_iter().next();
        Ok(first.and_then(|mut process| process.pop()))
    }

    /// Asks for something that the client library would read as a whole, and gives the answer's body.
    pub(super) async fn ask(&self, path: &str) -> Result<Incoming, BollardError> {
        let request = hyper::Request::get(path).body(bollard::body_full(Bytes::new()))?;
        let answer = self.transport.send(request).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer.into_body());
        }
        let body = Limited::new(answer.into_body(), COMPLAINT).collect().await;
        let body = body.map_err(std::io::Error::other)?.to_bytes();
        let said: Result<Complaint, _> = serde_json::from_slice(&body);
        Err(BollardError::DockerResponseServerError {
            status_code: status.as_u16(),
            message: match said {
                Ok(said) => said.message,
                Err(_) => String::from_utf8_lossy(&body).into_owned(),
            },
        })
    }

    /// Waits for an answer, at most as long as given.
    pub(super) async fn within<T>(
        &self,
        limit: Duration,
        doing: &str,
        asked: impl Future<Output = Result<T, BollardError>>,
    ) -> Result<T, DockerError> {
        let host = self.host.label();
        match tokio::time::timeout(limit, asked).await {
            Ok(answer) => answer.map_err(|error| self.failure(doing, error)),
            Err(_) => Err(DockerError::NoAnswer {
                host,
                doing: doing.to_owned(),
                detail: format!("no answer within {} s", limit.as_secs()),
            }),
        }
    }

    /// What a failed request comes to.
    pub(super) fn failure(&self, doing: &str, error: BollardError) -> DockerError {
        match (
            DockerError::of(&self.host.label(), doing, error),
            self.host.lost(),
        ) {
            // With the connection to the server, all streams over it end.
            (DockerError::Gone { host, doing, .. }, Some(reason)) => {
                DockerError::Host(HostError::ConnectionLost {
                    host,
                    during: format!("asking Docker to {doing}"),
                    reason,
                })
            }
            (error, _) => error,
        }
    }
}

/// A refusal, as the engine words it.
#[derive(serde::Deserialize)]
struct Complaint {
    message: String,
}

/// bollard's own deadline; longer than any of ours, so that ours are the ones that count.
const NEVER: u64 = 24 * 60 * 60;

pub(super) fn client(transport: Arc<Transport>) -> Result<Docker, BollardError> {
    let send = move |request| {
        let transport = Arc::clone(&transport);
        async move { transport.send(request).await }
    };
    Docker::connect_with_custom_transport(
        send,
        Some("http://docker"),
        NEVER,
        &ClientVersion {
            major_version: 1,
            minor_version: 41,
        },
    )
}

fn absent_or<T>(answer: Result<T, DockerError>) -> Result<Option<T>, DockerError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
