//! What is wanted of one server, worked out from its [`Spec`] down to each container.

use rand::{RngExt, distr::Alphanumeric};
use secrecy::SecretString;

use crate::spec::{ContainerSpec, Directory, Release, Spec};

/// How long a database password of ours is: as long as the vendor's script makes it.
const PASSWORD_LENGTH: usize = 20;

/// The containers and directories that a [`Spec`] comes to.
#[derive(Debug, Clone)]
pub struct Desired {
    /// The spec itself.
    pub spec: Spec,
    /// The release profile.
    pub release: Release,
    /// The database password.
    pub password: SecretString,
    /// The container of the database.
    pub clickhouse: ContainerSpec,
    /// The container of the service.
    pub service: ContainerSpec,
    /// The directories, each after the one that holds it.
    pub directories: Vec<Directory>,
}

impl Desired {
    /// Works out what `spec` comes to, with the password that the server has already or a new one.
    pub fn new(spec: &Spec, release: &Release, known_password: Option<&SecretString>) -> Self {
        let password = known_password.cloned().unwrap_or_else(new_password);
        Self {
            clickhouse: release.clickhouse(spec, &password),
            service: release.service(spec),
            directories: release.directories(spec),
            spec: spec.clone(),
            release: release.clone(),
            password,
        }
    }
}

fn new_password() -> SecretString {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(PASSWORD_LENGTH)
        .map(char::from)
        .collect::<String>()
        .into()
}
