//! What can go wrong between here and the Docker Engine.

use bollard::errors::Error as BollardError;

use crate::{
    explain::{Explain, Kind},
    host::HostError,
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
    #[error("{host}: Docker is installed, but its daemon does not answer: {detail}")]
    DaemonDown {
        /// The server.
        host: String,
        /// What the client program said of it.
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
    #[error("{host}: Docker could not {doing}: {message}")]
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
    #[error("{host}: could not fetch image {image}: {message}")]
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

/// What the engine's words on an image that it could not fetch come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The registry does not have it.
    NotFound,
    /// The registry does not give it to this account.
    Denied,
    /// The server's disk is full.
    NoSpace,
    /// The registry was not reached, or was lost on the way.
    Unreachable,
    /// Something else.
    Other,
}

impl Refusal {
    /// Told by words that engines and registries are known to use; they give no codes.
    pub(super) fn of(message: &str) -> Self {
        let message = message.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
        if says(&["no space left"]) {
            Self::NoSpace
        } else if says(&[
            "manifest unknown",
            "manifest for",
            "name unknown",
            "not found: does not exist",
        ]) {
            Self::NotFound
        } else if says(&[
            "unauthorized",
            "authentication required",
            "denied",
            "no basic auth",
        ]) {
            Self::Denied
        } else if says(&[
            "no such host",
            "lookup ",
            "timeout",
            "refused",
            "dial tcp",
            "eof",
            "reset by peer",
            "deadline",
            "no route",
            "unreachable",
        ]) {
            Self::Unreachable
        } else if says(&["not found"]) {
            Self::NotFound
        } else {
            Self::Other
        }
    }
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
                Err(err) => Self::NoAnswer {
                    host,
                    doing,
                    detail: err.to_string(),
                },
            },
            BollardError::HyperResponseError { err } => Self::Host(HostError::ConnectionLost {
                host,
                during: format!("asking Docker to {doing}"),
                reason: err.to_string(),
            }),
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

/// The engine's words, which come from a remote machine and may quote an image's or a registry's: one line of bounded length.
fn bounded(message: &str) -> String {
    crate::host::shown(message.as_bytes())
}

impl Explain for DockerError {
    fn kind(&self) -> Kind {
        match self {
            Self::Host(error) => error.kind(),
            Self::NotInstalled { .. } | Self::DaemonDown { .. } | Self::Version { .. } => {
                Kind::Precondition
            }
            Self::Image {
                refusal: Refusal::NotFound | Refusal::Denied,
                ..
            } => Kind::Precondition,
            Self::Image { .. } | Self::Refused { .. } | Self::NoAnswer { .. } => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Host(error) => error.next_step(),
            Self::NotInstalled { .. } => {
                "Install Docker on the server (Debian and Ubuntu: sudo apt-get install docker.io), then run the same command again.".into()
            }
            Self::DaemonDown { .. } => {
                "On the server: sudo systemctl start docker; sudo journalctl -u docker shows why it stopped.".into()
            }
            Self::Version { .. } => "Install Docker 20.10 or later on the server.".into(),
            Self::Image { refusal, .. } => match refusal {
                Refusal::NotFound => "Check the image's name and tag.",
                Refusal::Denied => {
                    "Check the registry's user and token (-U, --registry-token-file, -R), that this account may pull the image, and its name."
                }
                Refusal::NoSpace => {
                    "Free disk space on the server (docker system df shows what images take), then run the same command again."
                }
                Refusal::Unreachable => {
                    "Check that the server reaches the registry (DNS, proxy, firewall), then run the same command again."
                }
                Refusal::Other => "Try docker pull on the server, and mend what it says.",
            }
            .into(),
            Self::Refused { message, .. } if message.contains("rlimit") => {
                "The server does not allow that many open files; set a lower nofile in dataflow.toml.".into()
            }
            Self::Refused { message, .. } if message.contains("is already in use by container") => {
                "Somebody else may be working on this server. When they have finished, run the same command again.".into()
            }
            Self::Refused { message, .. } if message.contains("no space left") => {
                "Free disk space on the server, then run the same command again.".into()
            }
            Self::Refused { .. } => {
                "Run the same command again once the cause is mended; sudo journalctl -u docker on the server shows more.".into()
            }
            Self::NoAnswer { .. } => {
                "Run the same command again; if it repeats, sudo journalctl -u docker on the server shows the engine's side.".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_and_registries_say_is_told_apart() {
        let cases = [
            (
                "manifest for portsip/pbx:nosuch not found: manifest unknown: manifest unknown",
                Refusal::NotFound,
            ),
            (
                "pull access denied for portsip/pbx, repository does not exist or may require 'docker login'",
                Refusal::Denied,
            ),
            (
                "Get \"https://r.example/v2/\": unauthorized: authentication required",
                Refusal::Denied,
            ),
            (
                "failed to resolve reference \"docker.io/portsip/pbx:x\": docker.io/portsip/pbx:x: not found",
                Refusal::NotFound,
            ),
            (
                "failed to register layer: write /usr/bin/x: no space left on device",
                Refusal::NoSpace,
            ),
            (
                "Get \"https://registry-1.example/v2/\": dial tcp: lookup registry-1.example: no such host",
                Refusal::Unreachable,
            ),
            ("unexpected EOF", Refusal::Unreachable),
            ("something new", Refusal::Other),
        ];
        for (message, refusal) in cases {
            assert_eq!(Refusal::of(message), refusal, "{message}");
        }
    }
}
