//! What is wanted of one server, worked out from its [`Spec`] down to each container.

use std::collections::BTreeMap;

use rand::{RngExt, distr::Alphanumeric};
use secrecy::SecretString;

use crate::spec::{ContainerSpec, Directory, Owner, Release, Spec};

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
    /// The owners that the images have given to directories which the release leaves to them, by path, where they are known.
    pub owners: BTreeMap<String, Owner>,
}

impl Desired {
    /// Works out what `spec` comes to, with the password that the server has already or a new one.
    pub fn new(spec: &Spec, release: &Release, known_password: Option<&SecretString>) -> Self {
        let password = known_password.cloned().unwrap_or_else(new_password);
        Self {
            clickhouse: release.clickhouse(spec, &password),
            service: release.service(spec),
            directories: release.directories(spec),
            owners: BTreeMap::new(),
            spec: spec.clone(),
            release: release.clone(),
            password,
        }
    }

    /// Takes owners that a deployment had when it worked for wanted, where the release names none.
    #[must_use]
    pub fn with_owners(self, owners: BTreeMap<String, Owner>) -> Self {
        Self { owners, ..self }
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
