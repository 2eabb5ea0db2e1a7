//! What is wanted of one server, worked out from its [`Spec`] down to each container.

use std::{borrow::Cow, collections::BTreeMap};

use rand::{RngExt, distr::Alphanumeric};
use secrecy::SecretString;

use super::observed::{Observed, aside, current};
use crate::{
    docker::Container,
    pbx::Seen,
    spec::{
        ContainerSpec, Directory, Owner, PBX_VERSION_LABEL, Release, Spec, TOKEN_LABEL,
        TokenFingerprint, Version,
    },
};

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

    /// Has the service made with the token and for the PBX's version that there are: told by its labels, so that another token or
    /// an upgrade of the PBX shows.
    #[must_use]
    pub fn for_pbx(mut self, observed: &Observed) -> Self {
        let delivered = observed.token.as_ref().map(|token| &token.fingerprint);
        let token = match self.spec.token() {
            Some(given) => Some(given.fingerprint()),
            None => delivered.cloned(),
        };
        let version = match &observed.pbx.version {
            Seen::Known(version) => version.version().map(ToString::to_string),
            Seen::NotAsked | Seen::Unknown(_) => None,
        };
        // What is not known now stays as the container has it.
        let kept = |label: &str| made_with(label, &self.release, observed);
        let token = token
            .map(|token| token.to_string())
            .or_else(|| kept(TOKEN_LABEL));
        let version = version.or_else(|| kept(PBX_VERSION_LABEL));
        let labels = [(TOKEN_LABEL, token), (PBX_VERSION_LABEL, version)];
        let known = labels
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        self.service.labels.extend(known);
        self
    }

    /// A container that is there, with what is remembered of the PBX where it says nothing itself.
    pub(super) fn as_remembered<'a>(
        &self,
        found: &'a Container,
        observed: &Observed,
    ) -> Cow<'a, Container> {
        let mut found = Cow::Borrowed(found);
        if found.name != self.service.name && found.name != aside(&self.service.name) {
            return found;
        }
        for label in [TOKEN_LABEL, PBX_VERSION_LABEL] {
            if !found.labels.contains_key(label)
                && let Some(value) = made_with(label, &self.release, observed)
            {
                found.to_mut().labels.insert(label.to_owned(), value);
            }
        }
        found
    }

    /// Takes owners that a deployment had when it worked for wanted, where the release names none.
    #[must_use]
    pub fn with_owners(self, owners: BTreeMap<String, Owner>) -> Self {
        Self { owners, ..self }
    }
}

/// What the service's container says that it was made with, and where it says nothing, what is remembered. Nothing that comes from
/// there may be odd: it is put on a container again.
pub(super) fn made_with(label: &str, release: &Release, observed: &Observed) -> Option<String> {
    let service = current(&observed.containers, release.service_name);
    let remembered = observed
        .remembered
        .as_ref()
        .map(|remembered| &remembered.settings);
    let said = service
        .and_then(|service| service.labels.get(label))
        .or_else(|| match label {
            TOKEN_LABEL => remembered?.token.as_ref(),
            _ => remembered?.pbx_version.as_ref(),
        })?;
    match label {
        TOKEN_LABEL => said.parse::<TokenFingerprint>().ok().map(String::from),
        _ => said
            .parse::<Version>()
            .ok()
            .map(|version| version.to_string()),
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
