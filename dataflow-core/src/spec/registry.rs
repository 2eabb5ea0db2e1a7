//! Registries that images are fetched from, and signing in to them.

use std::{fmt, str::FromStr};

use secrecy::SecretString;

use super::{
    ImageRef, SpecError,
    image::{DOCKER_HUB, canonical_registry, is_registry},
};

/// The address of a registry: `host[:port]`. Docker Hub under any of its names is `docker.io`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryServer(String);

impl RegistryServer {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RegistryServer {
    fn default() -> Self {
        Self(DOCKER_HUB.to_owned())
    }
}

impl FromStr for RegistryServer {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        if is_registry(given) {
            Ok(Self(canonical_registry(given).to_owned()))
        } else {
            Err(SpecError::Registry {
                given: given.to_owned(),
            })
        }
    }
}

impl fmt::Display for RegistryServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who signs in to a registry.
#[derive(Debug, Clone)]
pub struct RegistryLogin {
    /// The registry.
    pub server: RegistryServer,
    /// The user.
    pub user: String,
    /// The user's password or access token.
    pub token: SecretString,
}

impl RegistryLogin {
    /// Whether the login is meant for the registry of this image. It must not be sent to any other.
    #[must_use]
    pub fn is_for(&self, image: &ImageRef) -> bool {
        self.server.as_str() == image.registry()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_login_is_for_the_images_of_its_registry_only() {
        let login = |server: &str| RegistryLogin {
            server: server.parse().unwrap(),
            user: "u".into(),
            token: "t".into(),
        };
        let hub: ImageRef = "portsip/pbx:22".parse().unwrap();
        let own: ImageRef = "registry.example.com:5000/portsip/pbx:22".parse().unwrap();
        assert!(login("index.docker.io").is_for(&hub));
        assert!(login("registry.example.com:5000").is_for(&own));
        assert!(!login("registry.example.com").is_for(&own));
        assert!(!login("docker.io").is_for(&own));
    }

    #[test]
    fn other_text_than_host_and_port_is_refused() {
        for given in [
            "",
            "https://docker.io",
            "docker.io/portsip",
            "docker.io:",
            "docker.io:x",
            "a b",
            "docker.io:+5",
        ] {
            assert!(
                given.parse::<RegistryServer>().is_err(),
                "{given:?} was accepted"
            );
        }
    }
}
