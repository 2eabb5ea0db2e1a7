//! Has the service's own program prepare the database.

use std::time::Duration;

use super::{error::StepError, execute::Executor};
use crate::spec::ContainerSpec;

/// How long that may take: after an upgrade it may rewrite large tables.
pub(super) const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);

pub(super) async fn initialise(
    executor: &Executor<'_>,
    container: &ContainerSpec,
) -> Result<(), StepError> {
    let given_up = executor.control.interrupt.raised();
    let ended = executor
        .engine
        .run_once(container, executor.password, PATIENCE, given_up)
        .await?
        .ok_or(StepError::Interrupted)?;
    if ended.exit_code == 0 {
        Ok(())
    } else {
        Err(StepError::Initialise {
            exit_code: ended.exit_code,
            last_lines: ended.last_lines,
        })
    }
}
