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
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn references_fall_into_their_parts() {
        for (given, registry, path, tag, shown) in [
            (
                "portsip/pbx:22",
                "docker.io",
                "portsip/pbx",
                Some("22"),
                "portsip/pbx:22",
            ),
            (
                "portsip/pbx",
                "docker.io",
                "portsip/pbx",
                Some("latest"),
                "portsip/pbx:latest",
            ),
            (
                "docker.io/portsip/pbx:22",
                "docker.io",
                "portsip/pbx",
                Some("22"),
                "portsip/pbx:22",
            ),
            (
                "index.docker.io/debian",
                "docker.io",
                "library/debian",
                Some("latest"),
                "debian:latest",
            ),
            (
                "localhost/pbx:1",
                "localhost",
                "pbx",
                Some("1"),
                "localhost/pbx:1",
            ),
            (
                "127.0.0.1:5000/portsip/pbx:22.4",
                "127.0.0.1:5000",
                "portsip/pbx",
                Some("22.4"),
                "127.0.0.1:5000/portsip/pbx:22.4",
            ),
            (
                "r.example.com:5000/a/b__c/d--e.f",
                "r.example.com:5000",
                "a/b__c/d--e.f",
                Some("latest"),
                "r.example.com:5000/a/b__c/d--e.f:latest",
            ),
            (
                "[2001:db8::1]:5000/pbx:1",
                "[2001:db8::1]:5000",
                "pbx",
                Some("1"),
                "[2001:db8::1]:5000/pbx:1",
            ),
            (
                "[2001:db8::1]/pbx:1",
                "[2001:db8::1]",
                "pbx",
                Some("1"),
                "[2001:db8::1]/pbx:1",
            ),
        ] {
            let image: ImageRef = given.parse().unwrap();
            assert_eq!(
                (image.registry(), image.path(), image.tag()),
                (registry, path, tag),
                "{given}"
            );
            assert_eq!(image.to_string(), shown);
        }
    }

    #[test]
    fn a_digest_alone_gets_no_tag() {
        let image: ImageRef = format!("portsip/pbx@{DIGEST}").parse().unwrap();
        assert_eq!((image.tag(), image.digest()), (None, Some(DIGEST)));
        let both: ImageRef = format!("portsip/pbx:22@{DIGEST}").parse().unwrap();
        assert_eq!(both.to_string(), format!("portsip/pbx:22@{DIGEST}"));
    }

    #[test]
    fn other_text_is_refused() {
        let long_tag = format!("portsip/pbx:{}", "a".repeat(129));
        let long_name = "a".repeat(256);
        for given in [
            "",
            ":22",
            "portsip/",
            "/pbx",
            "portsip//pbx",
            "portsip/pbx:",
            "portsip/PBX:22",
            "portsip/pbx:-1",
            "portsip/pbx:a b",
            "portsip/pbx@sha256:12",
            "portsip/pbx@",
            "portsip/-pbx",
            "portsip/pbx_",
            "portsip/a..b",
            "portsip/a___b",
            "portsip/a._b",
            "r.example.com:port/pbx",
            "-r.example.com/pbx",
            "r..example.com/pbx",
            "[::1/pbx",
            "r.example.com:70000/pbx",
            "https://r.example.com/pbx",
            "portsip/pbx:22 ",
            "portsip/pbx:22\n",
            "pörtsip/pbx",
            &long_tag,
            &long_name,
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ] {
            assert!(given.parse::<ImageRef>().is_err(), "{given:?} was accepted");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_a_panic(text in ".*") {
            let _ = text.parse::<ImageRef>();
        }

        #[test]
        fn what_is_shown_is_read_back_as_the_same(text in "([a-z]{1,5}(\\.[a-z]{1,3})?(:[0-9]{1,4})?/)?[a-z0-9._/-]{1,12}(:[a-zA-Z0-9._-]{1,6})?") {
            if let Ok(image) = text.parse::<ImageRef>() {
                prop_assert_eq!(image.to_string().parse::<ImageRef>().unwrap(), image);
            }
        }
    }
}
