//! Running a container to its end, with a secret on its standard input.

use std::time::Duration;

use bollard::{
    errors::Error as BollardError,
    query_parameters::{AttachContainerOptionsBuilder, WaitContainerOptionsBuilder},
};
use futures_util::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncWriteExt;

use super::{create, engine::Engine, error::DockerError};
use crate::spec::ContainerSpec;

/// How much of what the container writes is kept, in bytes: its end.
const KEPT: usize = 64 * 1024;

/// How a container that was run once ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code.
    pub exit_code: i64,
    /// The last lines it wrote, free of control characters.
    pub last_lines: Vec<String>,
}

/// The lines, without the secret: a program may repeat what it was given, above all when it fails.
fn shown_without(secret: &str, written: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(written);
    let text = if secret.is_empty() {
        text.into_owned()
    } else {
        text.replace(secret, "[password]")
    };
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| crate::host::shown(line.as_bytes()))
        .collect()
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
            written.extend_from_slice(piece?.as_ref());
            if written.len() > 2 * KEPT {
                written.drain(..written.len() - KEPT);
            }
        }
        Ok(Ended {
            exit_code: self.exit_code(name).await?,
            last_lines: shown_without(line.expose_secret(), &written),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_repeats_its_password_does_not_have_it_shown() {
        let written = b"+ initdt --password s3cret\r\n\nfailed\n";
        assert_eq!(
            shown_without("s3cret", written),
            ["+ initdt --password [password]", "failed"]
        );
        assert_eq!(shown_without("", b"x\n"), ["x"]);
    }
}
