//! The Docker Engine of a server, over its local socket or over the SSH session.
//!
//! bollard is used here and nowhere else; what the rest of the library sees are the types of this module.

mod connect;
mod create;
mod engine;
mod error;
mod extra;
mod inspect;
mod log;
mod model;
mod pull;
mod run_once;
mod transport;
mod update;
mod version;

pub use engine::Engine;
pub use error::{DockerError, Refusal};
pub use extra::Extra;
pub use model::{Container, Health, Image, State, Ulimit};
pub use pull::PullProgress;
pub use run_once::Ended;
pub use update::Update;
pub use version::ApiVersion;

/// Where the engine listens.
const SOCKET: &str = "/var/run/docker.sock";
