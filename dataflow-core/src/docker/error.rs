//! What can go wrong between here and the Docker Engine.

use bollard::errors::Error as BollardError;

use super::refusal::Refusal;
use crate::{
    explain::{Explain, Kind},
    host::{HostError, is_disk_full},
};

/// A failed conversation with the Docker Engine of a server.
#[derive(Debug, thiserror::Error)]
pub enum DockerError {
    /// The server itself could not be worked on.
    #[error(transparent)]
    Host(#[from] HostError),

    /// There is no Docker on the server.
    #[error("{host}: Docker is not installed")]
    NotInstalled {
        /// The server.
        host: String,
    },

    /// Docker is installed but its daemon does not answer.
    #[error("{host}: Docker is installed, but its daemon does not run: {detail}")]
    DaemonDown {
        /// The server.
        host: String,
        /// What the client program said of it.
        detail: String,
        /// The last complaints in its log.
        log: Vec<String>,
    },

    /// The login user may not use Docker, and sudo does not help.
    #[error("{user} {why}; and {sudo}")]
    NoAccess {
        /// The login user.
        user: String,
        /// Why it has none.
        why: NoAccess,
        /// What sudo said.
        sudo: Box<HostError>,
    },

    /// The engine may be there, but not what the way to it with sudo needs.
    #[error(
        "{host}: Docker's client program `docker` is not installed, and without it only those who may open Docker's socket get to its daemon"
    )]
    NoClient {
        /// The server.
        host: String,
    },

    /// The engine hung up in the middle of an answer.
    #[error("{host}: Docker went away when asked to {doing}: {detail}")]
    Gone {
        /// The server.
        host: String,
        /// What was asked for.
        doing: String,
        /// How that was noticed.
        detail: String,
    },

    /// The engine and this library have no API version in common.
    #[error(
        "{host}: Docker {release} speaks API {newest}; this program needs {} to {}",
        super::version::OLDEST,
        super::version::NEWEST
    )]
    Version {
        /// The server.
        host: String,
        /// The engine's release.
        release: String,
        /// The newest API version that the engine speaks.
        newest: String,
    },

    /// The engine refused a request.
    #[error("{host}: Docker could not {doing}: {}{message}", disk_full(message))]
    Refused {
        /// The server.
        host: String,
        /// What was asked for, as in "start portsip.dataflow".
        doing: String,
        /// The engine's own words.
        message: String,
        /// The HTTP status of the answer; 0 where the refusal came within a stream.
        status: u16,
    },

    /// An image could not be fetched.
    #[error("{host}: could not fetch image {image}: {}: {message}", refusal.lead())]
    Image {
        /// The server.
        host: String,
        /// The image.
        image: String,
        /// The engine's own words.
        message: String,
        /// What they come to.
        refusal: Refusal,
    },

    /// An answer that makes no sense, or none within the time allowed.
    #[error("{host}: Docker gave no proper answer when asked to {doing}: {detail}")]
    NoAnswer {
        /// The server.
        host: String,
        /// What was asked for.
        doing: String,
        /// What came instead.
        detail: String,
    },
}

/// Why a login user has no way to the engine of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAccess {
    /// Its socket is for the group docker.
    #[error("may not open Docker's socket, which is for the group docker")]
    NotInGroup,
    /// It may open the socket; the SSH server does not pass it on.
    #[error(
        "does not reach Docker's socket, since the SSH server forwards none (AllowStreamLocalForwarding)"
    )]
    NoForwarding,
}

impl DockerError {
    /// The same error as one of an image that was being fetched, where the engine refused.
    pub(super) fn fetching(self, image: &str) -> Self {
        match self {
            Self::Refused { host, message, .. } => Self::Image {
                host,
                image: image.to_owned(),
                refusal: Refusal::of(&message),
                message,
            },
            other => other,
        }
    }

    /// Sorts what the client library reports into what an operator can act on.
    pub(super) fn of(host: &str, doing: &str, error: BollardError) -> Self {
        let host = host.to_owned();
        let doing = doing.to_owned();
        match error {
            BollardError::DockerResponseServerError {
                status_code,
                message,
            } => Self::Refused {
                host,
                doing,
                message: bounded(&message),
                status: status_code,
            },
            BollardError::DockerStreamError { error } => Self::Refused {
                host,
                doing,
                message: bounded(&error),
                status: 0,
            },
            BollardError::IOError { err } => match err.downcast::<HostError>() {
                Ok(host_error) => Self::Host(host_error),
                // The client library hands on no more than this of a body that broke off.
                Err(err) if err.to_string().contains("reading a body") => Self::Gone {
                    host,
                    doing,
                    detail: "its answer broke off".to_owned(),
                },
                Err(err) => Self::NoAnswer {
                    host,
                    doing,
                    detail: err.to_string(),
                },
            },
            BollardError::HyperResponseError { err } => Self::Gone {
                host,
                doing,
                detail: err.to_string(),
            },
            other => Self::NoAnswer {
                host,
                doing,
                detail: bounded(&other.to_string()),
            },
        }
    }

    /// Whether the engine refused since the container is frozen (`docker pause`).
    pub(super) fn is_of_paused(&self) -> bool {
        matches!(self, Self::Refused { message, .. } if message.contains("paused"))
    }

    /// Whether the engine refused since it is removing the container already.
    pub(super) fn is_of_removal(&self) -> bool {
        matches!(self, Self::Refused { status: 409, message, .. } if message.contains("already in progress"))
    }

    /// Whether the engine said that the thing asked for does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

fn disk_full(message: &str) -> &'static str {
    if is_disk_full(message) {
        "the disk that it keeps its data on is full: "
    } else {
        ""
    }
}

/// The engine's words, which come from a remote machine and may quote an image's or a registry's: one line of bounded length.
fn bounded(message: &str) -> String {
    crate::host::shown(message.as_bytes())
}

impl Explain for DockerError {
    fn kind(&self) -> Kind {
        match self {
            Self::Host(error) => error.kind(),
            Self::NoAccess { sudo, .. } => sudo.kind(),
            Self::NotInstalled { .. }
            | Self::DaemonDown { .. }
            | Self::NoClient { .. }
            | Self::Version { .. } => Kind::Precondition,
            Self::Image { refusal, .. } => refusal.kind(),
            Self::Refused { .. } | Self::Gone { .. } | Self::NoAnswer { .. } => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Host(error) => error.next_step(),
            Self::NotInstalled { .. } => {
                "dataflow run --install-docker installs it; or install Docker 20.10 or later on the server yourself, then run the same command again.".into()
            }
            Self::DaemonDown { .. } => {
                "On the server: sudo systemctl start docker; sudo journalctl -u docker shows why it stopped.".into()
            }
            Self::NoAccess { user, why, sudo } => match why {
                NoAccess::NotInGroup => format!(
                    "{} To look only (status, logs) it is enough to be in the group docker: `usermod -aG docker {user}` on the server, as root.",
                    sudo.next_step()
                ),
                NoAccess::NoForwarding => format!(
                    "{} To look only (status, logs) it is enough to set AllowStreamLocalForwarding yes in the server's sshd_config.",
                    sudo.next_step()
                ),
            },
            Self::NoClient { .. } => {
                "Install the program docker on the server (Debian 13 and later: docker-cli; Docker's own packages: docker-ce-cli), then run the same command again.".into()
            }
            Self::Gone { .. } => {
                "On the server: sudo systemctl status docker; when Docker runs, run the same command again: it finishes the job.".into()
            }
            Self::Version { .. } => "Install Docker 20.10 or later on the server.".into(),
            Self::Image { refusal, .. } => refusal.next_step().into(),
            Self::Refused { message, .. } if message.contains("rlimit") => {
                "The server does not allow that many open files; set a lower nofile in dataflow.toml.".into()
            }
            Self::Refused { message, .. } if message.contains("is already in use by container") => {
                "Somebody else may be working on this server. When they have finished, run the same command again.".into()
            }
            Self::Refused { message, .. } if is_disk_full(message) => {
                "Free space on the disk that Docker keeps its data on (df -h /var/lib/docker, docker system df), then run the same command again.".into()
            }
            Self::Refused { .. } => {
                "Run the same command again once the cause is mended; sudo journalctl -u docker on the server shows more.".into()
            }
            Self::NoAnswer { .. } => {
                "Run the same command again; if it repeats, sudo journalctl -u docker on the server shows the engine's side.".into()
            }
        }
    }

    fn details(&self) -> &[String] {
        match self {
            Self::DaemonDown { log, .. } => log,
            _ => &[],
        }
    }
}
