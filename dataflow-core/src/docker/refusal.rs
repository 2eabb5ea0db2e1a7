//! What the engine's words on an image that it could not fetch come to.

use std::time::SystemTime;

use crate::{explain::Kind, host::ClockSkew};

/// Why an image could not be fetched. Told by words that engines and registries are known to use; they give no codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The registry does not have it.
    NotFound,
    /// The registry does not give it to this account.
    Denied,
    /// The registry gives no more images for now.
    LimitReached,
    /// The disk that Docker keeps images on is full.
    NoSpace,
    /// The server does not find the registry's address.
    NoName,
    /// Nothing listens at the registry's address.
    Refused,
    /// The registry does not answer.
    TimedOut,
    /// The server's network knows no way to the registry.
    NoRoute,
    /// The connection to the registry was lost on the way.
    Cut,
    /// The registry's certificate is not valid at the server's time: by how much the server's clock is ahead of ours, where it said.
    Expired(Option<ClockSkew>),
    /// The server does not trust the registry's certificate.
    Untrusted,
    /// The registry speaks no TLS.
    NoTls,
    /// Something else.
    Other,
}

/// Words and what they mean, the most telling first: messages quote one another.
const WORDS: &[(&[&str], Refusal)] = &[
    (&["no space left"], Refusal::NoSpace),
    (
        &[
            "manifest unknown",
            "manifest for",
            "name unknown",
            "not found: does not exist",
        ],
        Refusal::NotFound,
    ),
    (
        &["toomanyrequests", "too many requests", "rate limit"],
        Refusal::LimitReached,
    ),
    (
        &[
            "unauthorized",
            "authentication required",
            "denied",
            "no basic auth",
        ],
        Refusal::Denied,
    ),
    (&["expired or is not yet valid"], Refusal::Expired(None)),
    (&["x509:", "tls: failed to verify"], Refusal::Untrusted),
    (
        &[
            "server gave http response to https",
            "does not look like a tls handshake",
        ],
        Refusal::NoTls,
    ),
    (
        &["no such host", "lookup ", "server misbehaving"],
        Refusal::NoName,
    ),
    (&["no route", "unreachable"], Refusal::NoRoute),
    (&["connection refused"], Refusal::Refused),
    (
        &[
            "eof",
            "reset by peer",
            "broken pipe",
            "closed network connection",
        ],
        Refusal::Cut,
    ),
    (
        &["timeout", "timed out", "deadline", "request canceled"],
        Refusal::TimedOut,
    ),
    (&["dial tcp"], Refusal::NoRoute),
    (&["not found"], Refusal::NotFound),
];

impl Refusal {
    pub(super) fn of(message: &str) -> Self {
        let lower = message.to_lowercase();
        let known = WORDS
            .iter()
            .find(|(words, _)| words.iter().any(|word| lower.contains(word)));
        match known.map(|(_, refusal)| *refusal) {
            Some(Self::Expired(_)) => Self::Expired(skew_in(message)),
            Some(refusal) => refusal,
            None => Self::Other,
        }
    }

    /// What it comes to, before the engine's own words.
    pub(super) fn lead(self) -> String {
        match self {
            Self::NotFound => "the registry does not have it".into(),
            Self::Denied => "the registry does not let this account have it".into(),
            Self::LimitReached => "the registry gives this account no more images for now".into(),
            Self::NoSpace => "the disk that Docker keeps images on is full".into(),
            Self::NoName => "the server does not find the registry's address (DNS)".into(),
            Self::Refused => "nothing listens at the registry's address".into(),
            Self::TimedOut => "the registry does not answer".into(),
            Self::NoRoute => "the server's network knows no way to the registry".into(),
            Self::Cut => "the connection to the registry was cut".into(),
            Self::Expired(Some(skew)) if skew.is_off() => {
                format!(
                    "the server's clock is {skew}, so the registry's certificate is not valid to it"
                )
            }
            Self::Expired(_) => "the registry's certificate is not valid at this time".into(),
            Self::Untrusted => "the server does not trust the registry's certificate".into(),
            Self::NoTls => "the registry does not speak HTTPS".into(),
            Self::Other => "Docker gave up".into(),
        }
    }

    /// What is not as it must be stays so; what may pass by itself is a failure.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::LimitReached | Self::Refused | Self::TimedOut | Self::Cut | Self::Other => {
                Kind::Failed
            }
            _ => Kind::Precondition,
        }
    }

    pub(super) fn next_step(self) -> &'static str {
        match self {
            Self::NotFound => "Check the image's name and tag.",
            Self::Denied => {
                "Check the registry's user and token (-U, --registry-token-file, -R), that this account may pull the image, and its name."
            }
            Self::LimitReached => {
                "Wait, or sign in to the registry with an account that may pull more (-U, --registry-token-file); then run the same command again."
            }
            Self::NoSpace => {
                "Free disk space on the server (df -h /var/lib/docker, docker system df), then run the same command again."
            }
            Self::NoName => {
                "Check the registry's name, and the server's name service (/etc/resolv.conf; getent hosts NAME on the server); then run the same command again."
            }
            Self::Refused => {
                "Check that the registry runs and that its port is right, then run the same command again."
            }
            Self::TimedOut => {
                "Check that the registry is up and that no firewall or missing proxy is between the server and it, then run the same command again."
            }
            Self::NoRoute => {
                "Check the server's network (ip route) and its firewall, then run the same command again."
            }
            Self::Cut => {
                "Run the same command again: layers that are there are not fetched twice. If it repeats, check the network between the server and the registry."
            }
            Self::Expired(Some(skew)) if skew.is_off() => {
                "Set the server's clock (timedatectl; systemctl enable --now chrony keeps it right), then run the same command again."
            }
            Self::Expired(_) => {
                "Have the registry's certificate renewed, then run the same command again."
            }
            Self::Untrusted => {
                "Put the certificate of the registry's authority on the server as /etc/docker/certs.d/REGISTRY/ca.crt, then run the same command again."
            }
            Self::NoTls => {
                "Check the registry's name and port. If it is one without HTTPS in your own network, name it under insecure-registries in the server's /etc/docker/daemon.json."
            }
            Self::Other => "Try docker pull on the server, and mend what it says.",
        }
    }
}

/// The engine says what time it took it to be: `… not yet valid: current time 2026-11-24T11:49:36Z is before …`.
fn skew_in(message: &str) -> Option<ClockSkew> {
    let (_, after) = message.split_once("current time ")?;
    let time: jiff::Timestamp = after.split(' ').next()?.parse().ok()?;
    Some(ClockSkew::of(time.as_second(), SystemTime::now()))
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
                "toomanyrequests: You have reached your unauthenticated pull rate limit.",
                Refusal::LimitReached,
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
                Refusal::NoName,
            ),
            (
                "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 127.0.0.1:53: read udp 127.0.0.1:4->127.0.0.1:53: read: connection refused",
                Refusal::NoName,
            ),
            (
                "Get \"http://198.18.16.10:5000/v2/\": dial tcp 198.18.16.10:5000: connect: connection refused",
                Refusal::Refused,
            ),
            (
                "Get \"https://registry-1.docker.io/v2/\": dial tcp 198.18.16.10:443: connect: no route to host",
                Refusal::NoRoute,
            ),
            (
                "Get \"https://registry-1.docker.io/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
                Refusal::TimedOut,
            ),
            (
                "Get \"https://registry-1.docker.io/v2/\": x509: certificate has expired or is not yet valid",
                Refusal::Expired(None),
            ),
            (
                "Get \"https://registry-1.docker.io/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
                Refusal::Untrusted,
            ),
            (
                "Get \"https://r.example:5000/v2/\": http: server gave HTTP response to HTTPS client",
                Refusal::NoTls,
            ),
            ("unexpected EOF", Refusal::Cut),
            ("something new", Refusal::Other),
        ];
        for (message, refusal) in cases {
            assert_eq!(Refusal::of(message), refusal, "{message}");
        }
    }

    #[test]
    fn a_certificate_that_is_not_valid_is_the_clocks_fault_where_that_is_off() {
        let at = |time: jiff::Timestamp| {
            Refusal::of(&format!(
                "x509: certificate has expired or is not yet valid: current time {time} is before 2030-01-01T00:00:00Z"
            ))
        };
        let now = jiff::Timestamp::now();
        assert_eq!(
            at(now).lead(),
            "the registry's certificate is not valid at this time"
        );
        let behind = now - jiff::Span::new().hours(24 * 9 + 1);
        assert_eq!(
            at(behind).lead(),
            "the server's clock is 9 days behind, so the registry's certificate is not valid to it"
        );
        assert!(at(behind).next_step().starts_with("Set the server's clock"));
    }
}
