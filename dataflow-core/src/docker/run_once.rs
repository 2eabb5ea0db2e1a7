//! Running a container to its end, with a secret on its standard input.

use std::time::Duration;

use bollard::{
    errors::Error as BollardError,
    query_parameters::{AttachContainerOptionsBuilder, WaitContainerOptionsBuilder},
};
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncWriteExt;

use super::{create, engine::Engine, error::DockerError, log};
use crate::spec::ContainerSpec;

/// How a container that was run once ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code.
    pub exit_code: i64,
    /// The last lines it wrote, free of control characters.
    pub last_lines: Vec<String>,
}

impl Engine {
    /// Makes a container, starts it, gives it one line on standard input, waits for its end and takes it away.
    ///
    /// The line never reaches an argument, an environment or the container's definition. `None` where `given_up` came first:
    /// the container was taken away before its end.
    ///
    /// # Errors
    /// Where the engine refuses one of these, or the container has not ended when `limit` is over.
    pub async fn run_once(
        &self,
        spec: &ContainerSpec,
        line: &SecretString,
        limit: Duration,
        given_up: impl Future<Output = ()>,
    ) -> Result<Option<Ended>, DockerError> {
        let doing = format!("run {}", spec.name);
        self.remove(&spec.name).await?;
        self.create_attached(spec).await?;
        let ended = tokio::select! {
            ended = self.within(limit, &doing, self.feed_and_wait(&spec.name, line)) => ended.map(Some),
            () = given_up => Ok(None),
        };
        self.remove(&spec.name).await?;
        ended
    }

    async fn feed_and_wait(&self, name: &str, line: &SecretString) -> Result<Ended, BollardError> {
        let options = AttachContainerOptionsBuilder::new()
            .stdin(true)
            .stdout(true)
            .stderr(true)
            .stream(true)
            .build();
        let mut attached = self.docker.attach_container(name, Some(options)).await?;
        self.docker.start_container(name, None).await?;
        attached
            .input
            .write_all(line.expose_secret().as_bytes())
            .await?;
        attached.input.write_all(b"\n").await?;
        attached.input.shutdown().await?;

        let mut written = Vec::new();
        while let Some(piece) = attached.output.next().await {
            log::append(&mut written, piece?.as_ref());
        }
        Ok(Ended {
            exit_code: self.exit_code(name).await?,
            last_lines: log::shown_without(line.expose_secret(), &written),
        })
    }

    async fn exit_code(&self, name: &str) -> Result<i64, BollardError> {
        let options = WaitContainerOptionsBuilder::new()
            .condition("not-running")
            .build();
        let mut waiting = self.docker.wait_container(name, Some(options));
        match waiting.next().await {
            Some(Ok(answer)) => Ok(answer.status_code),
            // A code other than 0 comes as an error of its own.
            Some(Err(BollardError::DockerContainerWaitError { code, error }))
                if error.is_empty() =>
            {
                Ok(code)
            }
            Some(Err(error)) => Err(error),
            None => Err(BollardError::RequestTimeoutError),
        }
    }

    async fn create_attached(&self, spec: &ContainerSpec) -> Result<(), DockerError> {
        let mut body = create::body(spec);
        body.open_stdin = Some(true);
        body.stdin_once = Some(true);
        body.attach_stdin = Some(true);
        body.attach_stdout = Some(true);
        body.attach_stderr = Some(true);
        self.create_from(&spec.name, body).await
    }
}
