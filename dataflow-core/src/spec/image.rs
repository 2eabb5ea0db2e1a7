//! References to images, by the grammar of Docker's registry clients.

use std::{fmt, str::FromStr};

use super::SpecError;

/// Docker's own registry, meant where a reference names none.
pub(super) const DOCKER_HUB: &str = "docker.io";

/// A reference to an image: `[registry[:port]/]path[:tag][@digest]`.
///
/// A reference without tag and digest means the tag `latest`, as with the `docker` program. Shown and compared in
/// the familiar form: Docker Hub's name and its `library/` are left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageRef {
    registry: String,
    /// The path in the registry, with `library/` for Docker Hub's official images.
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageRef {
    /// The registry's host name and, where one is given, port; `docker.io` where the reference names none.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The image's path in its registry, such as `portsip/pbx` or `library/debian`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The familiar name without tag and digest, such as `portsip/pbx` or `registry.example.com:5000/pbx`.
    #[must_use]
    pub fn name(&self) -> String {
        if self.registry == DOCKER_HUB {
            self.path
                .strip_prefix("library/")
                .unwrap_or(&self.path)
                .to_owned()
        } else {
            format!("{}/{}", self.registry, self.path)
        }
    }

    /// The tag; `None` only where the reference has a digest and no tag.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest with its algorithm, such as `sha256:…`.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The vendor's images and others that are known to be right.
    pub(super) fn known(path: &str, tag: &str) -> Self {
        Self {
            registry: DOCKER_HUB.to_owned(),
            path: path.to_owned(),
            tag: Some(tag.to_owned()),
            digest: None,
        }
    }
}

impl FromStr for ImageRef {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let refuse = |reason: &str| SpecError::Image {
            given: given.to_owned(),
            reason: reason.to_owned(),
        };
        if given.is_empty() {
            return Err(refuse("it is empty"));
        }
        let (rest, digest) = match given.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (given, None),
        };
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err(refuse(
                "what follows @ is not a digest such as sha256: and 64 hexadecimal digits",
            ));
        }
        // A colon before a slash belongs to the registry's port, one after the last slash begins the tag.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(refuse(
                "the tag is not made of at most 128 letters, digits, _, . and -, beginning with neither . nor -",
            ));
        }
        let (registry, path) = match name.split_once('/') {
            Some((first, path)) if names_registry(first) => {
                if !is_registry(first) {
                    return Err(refuse(
                        "the part before the first slash is not a registry's host name and port",
                    ));
                }
                (canonical_registry(first), path)
            }
            _ => (DOCKER_HUB, name),
        };
        if path.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(refuse(
                "the name has upper-case letters, which image names never have",
            ));
        }
        if path.len() > 255 || !path.split('/').all(is_path_part) {
            return Err(refuse(
                "the name is not made of lower-case letters and digits, with single . or _, __ or - between them",
            ));
        }
        if registry == DOCKER_HUB && is_image_id(path) {
            return Err(refuse(
                "it is the ID of an image, not a name that can be fetched",
            ));
        }
        let path = if registry == DOCKER_HUB && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        let tag = tag.or(if digest.is_none() {
            Some("latest")
        } else {
            None
        });
        Ok(Self {
            registry: registry.to_owned(),
            path,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Whether the part before the first slash is a registry, by Docker's rule; otherwise it belongs to the path.
fn names_registry(first: &str) -> bool {
    first == "localhost"
        || first.contains(['.', ':'])
        || first.chars().any(|c| c.is_ascii_uppercase())
}

/// Docker Hub under any of its names is `docker.io`.
pub(super) fn canonical_registry(server: &str) -> &str {
    match server {
        "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => DOCKER_HUB,
        other => other,
    }
}

/// `host[:port]`: a host name, an IPv4 address, or an IPv6 address in brackets.
pub(super) fn is_registry(server: &str) -> bool {
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (server, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
        return false;
    }
    match host
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
    {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        }),
    }
}

/// Runs of lower-case letters and digits with one separator between two runs: `.`, `_`, `__` or any number of `-`.
fn is_path_part(part: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends_in_words =
        part.bytes().next().is_some_and(word) && part.bytes().last().is_some_and(word);
    ends_in_words
        && part
            .split(|c: char| c.is_ascii() && word(c as u8))
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let lower_hex = |hex: &str| {
        hex.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    digest
        .split_once(':')
        .is_some_and(|(algorithm, hex)| match algorithm {
            "sha256" => hex.len() == 64 && lower_hex(hex),
            "sha384" => hex.len() == 96 && lower_hex(hex),
            "sha512" => hex.len() == 128 && lower_hex(hex),
            _ => false,
        })
}

fn is_image_id(path: &str) -> bool {
    path.len() == 64 && path.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
