//! Waits until what was started works: looked at from the first tenth of a second, not every so many seconds.

use std::time::{Duration, Instant};

use super::{
    clickhouse::{self, NoAnswer},
    error::StepError,
    execute::{Awaited, Executor},
    initialise,
};
use crate::docker::{Container, Health, State};

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// How long the service has to keep running until it counts as working. One that can't start ends within this.
const STEADY: Duration = Duration::from_secs(2);

/// How long ClickHouse may refuse the password. Longer, and waiting won't help.
const WRONG_PASSWORD: Duration = Duration::from_secs(5);

/// How long ClickHouse has to answer where its container's first process is another program: an image's start script may run
/// the server for a moment to prepare it, and then once more for good.
const STEADY_BEHIND_SCRIPT: Duration = Duration::from_secs(3);

/// How many lines of a container's log are shown when it fails.
const LOG_LINES: u32 = 30;

/// Waits until ClickHouse answers to its password.
pub(super) async fn await_clickhouse(
    executor: &Executor<'_>,
    name: &str,
    patience: Duration,
    awaited: &Awaited,
) -> Result<(), StepError> {
    let (port, user) = (
        executor.release.clickhouse_http_port,
        executor.release.clickhouse_user,
    );
    let began = Instant::now();
    let mut answering_since = None;
    let mut refusing_since = None;
    loop {
        let container = running(executor, name).await?;
        let reason = match clickhouse::summary(executor.host, port, user, executor.password).await {
            Ok(_) => {
                let since = *answering_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= STEADY_BEHIND_SCRIPT || is_first_process(executor, name).await
                {
                    return Ok(());
                }
                "its start script may still be at work".to_owned()
            }
            Err(NoAnswer::NoWay(_)) if container.health == Some(Health::Healthy) => return Ok(()),
            Err(NoAnswer::NoWay(why)) => format!("its health check has not passed yet ({why})"),
            Err(why) => {
                answering_since = None;
                if matches!(why, NoAnswer::WrongPassword(_)) {
                    refusing_since.get_or_insert_with(Instant::now);
                }
                why.to_string()
            }
        };
        let refused = refusing_since.is_some_and(|since| since.elapsed() >= WRONG_PASSWORD);
        if refused || began.elapsed() >= patience {
            return Err(StepError::NotReady {
                waited: began.elapsed(),
                reason,
                last_lines: last_lines(executor, name).await,
            });
        }
        awaited.send_replace(format!("ClickHouse to answer: {reason}"));
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether the container's first process is the ClickHouse server itself. Where that can't be found out, as on a server without
/// `ps`, it counts as another.
async fn is_first_process(executor: &Executor<'_>, name: &str) -> bool {
    let first = executor.engine.first_process(name).await;
    first.is_ok_and(|first| first.is_some_and(|program| program.starts_with("clickhouse")))
}

/// Waits until a container has ended, or is gone.
pub(super) async fn await_end(executor: &Executor<'_>, name: &str) -> Result<(), StepError> {
    let began = Instant::now();
    loop {
        match executor.engine.container(name).await? {
            Some(container) if container.state == State::Running => {}
            _ => return Ok(()),
        }
        if began.elapsed() >= initialise::PATIENCE {
            return Err(StepError::NotReady {
                waited: initialise::PATIENCE,
                reason: format!("{name} still runs"),
                last_lines: last_lines(executor, name).await,
            });
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Waits until the service has run for a while without ending and, where its image has a health check, that has passed.
pub(super) async fn await_service(
    executor: &Executor<'_>,
    name: &str,
    patience: Duration,
    awaited: &Awaited,
) -> Result<(), StepError> {
    let began = Instant::now();
    let restarts_before = running(executor, name).await?.restarts;
    loop {
        let container = running(executor, name).await?;
        if container.restarts > restarts_before {
            return Err(ended(executor, &container).await);
        }
        let steady = began.elapsed() >= STEADY;
        let reason = match container.health {
            None | Some(Health::Healthy) if steady => return Ok(()),
            None | Some(Health::Healthy) => "it was started a moment ago",
            Some(Health::Starting) => "its health check has not passed yet",
            Some(Health::Unhealthy) => "its health check fails",
        };
        if began.elapsed() >= patience {
            return Err(StepError::NotReady {
                waited: patience,
                reason: reason.to_owned(),
                last_lines: last_lines(executor, name).await,
            });
        }
        awaited.send_replace(format!("{name} to keep running: {reason}"));
        tokio::time::sleep(LOOK).await;
    }
}

/// The container, which has to be running.
async fn running(executor: &Executor<'_>, name: &str) -> Result<Container, StepError> {
    match executor.engine.container(name).await? {
        Some(container) if container.state == State::Running => Ok(container),
        Some(container) => Err(ended(executor, &container).await),
        None => Err(StepError::Ended {
            name: name.to_owned(),
            exit_code: 0,
            last_lines: vec!["the container is gone".to_owned()],
        }),
    }
}

async fn ended(executor: &Executor<'_>, container: &Container) -> StepError {
    StepError::Ended {
        name: container.name.clone(),
        exit_code: container.exit_code,
        last_lines: last_lines(executor, &container.name).await,
    }
}

async fn last_lines(executor: &Executor<'_>, name: &str) -> Vec<String> {
    let said = executor
        .engine
        .last_lines(name, LOG_LINES, executor.password)
        .await;
    match said {
        Ok(lines) => lines,
        Err(error) => vec![format!("(its log could not be read: {error})")],
    }
}
