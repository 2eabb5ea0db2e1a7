//! Changes that the engine makes to a container as it is: it goes on running, or stays stopped.

use bollard::models::ContainerUpdateBody;

use super::{DockerError, Engine, create, engine};
use crate::spec::RestartPolicy;

/// One such change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// When the engine starts it again by itself.
    Restart(RestartPolicy),
    /// As many processes as there may be.
    NoProcessLimit,
    /// All the time of all processors.
    NoCpuQuota,
}

impl Engine {
    /// Makes these changes to a container, in one request.
    ///
    /// # Errors
    /// Where there is none of this name, or the engine refuses.
    pub async fn update(&self, name: &str, updates: &[Update]) -> Result<(), DockerError> {
        let asked = self.docker.update_container(name, body(updates));
        self.within(engine::CHANGE, &format!("update {name}"), asked)
            .await
    }
}

/// What is left out stays as it is, and so does what is 0: only -1 takes a limit away.
fn body(updates: &[Update]) -> ContainerUpdateBody {
    let mut body = ContainerUpdateBody::default();
    for update in updates {
        match update {
            Update::Restart(policy) => body.restart_policy = Some(create::restart(*policy)),
            Update::NoProcessLimit => body.pids_limit = Some(-1),
            Update::NoCpuQuota => body.cpu_quota = Some(-1),
        }
    }
    body
}
