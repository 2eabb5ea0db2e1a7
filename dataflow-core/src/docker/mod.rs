//! The Docker Engine of a server, over its local socket or over the SSH session.
//!
//! bollard is used here and nowhere else; what the rest of the library sees are the types of this module.

mod connect;
mod create;
mod diagnose;
mod engine;
mod error;
mod extra;
mod follow;
mod frames;
mod inspect;
mod log;
mod model;
mod pull;
mod refusal;
mod run_once;
mod transport;
mod update;
mod usage;
mod version;

pub use engine::Engine;
pub use error::{DockerError, NoAccess};
pub use extra::Extra;
pub use follow::{LogLine, LogRange};
pub use frames::LogOutput;
pub use model::{Container, Health, Image, State, Ulimit};
pub use pull::PullProgress;
pub use refusal::Refusal;
pub use run_once::Ended;
pub use update::Update;
pub use usage::Usage;
pub use version::ApiVersion;

/// Where the engine listens.
const SOCKET: &str = "/var/run/docker.sock";
