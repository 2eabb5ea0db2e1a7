//! What there is on a server, as far as planning needs it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{lock::Lease, remembered::Remembered};
use crate::{
    docker::{Container, Image, State},
    host::ClockSkew,
    pbx::PbxSeen,
    spec::{MANAGED_LABEL, Owner, TokenFingerprint},
};

/// The project that the vendor's script gives to Compose.
const VENDOR_PROJECT: &str = "dataflow-server-only";

/// Containers by name: those that are wanted, and the remains of an interrupted run.
pub type Containers = BTreeMap<String, Container>;

/// Everything that a plan depends on.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// The containers that are there.
    pub containers: Containers,
    /// The images that are there, by the name that was asked for.
    pub images: BTreeMap<String, Image>,
    /// The directories that are there, by path.
    pub directories: BTreeMap<String, Directory>,
    /// The database password that the service's own file holds.
    pub password: Option<SecretString>,
    /// The ports of interest that somebody listens on, with the program's name where it is known.
    pub listeners: BTreeMap<u16, String>,
    /// How far the server's clock is from ours, where it told the time.
    pub clock: Option<ClockSkew>,
    /// Who has the lock of the server.
    pub holder: Option<Lease>,
    /// What the server remembers of how it was deployed.
    pub remembered: Option<Remembered>,
    /// The token that was delivered.
    pub token: Option<DeliveredToken>,
    /// When its file was written.
    pub token_since: Option<Timestamp>,
    /// What the PBX said, where it was asked.
    pub pbx: PbxSeen,
    /// When that was: entries of its whitelist end.
    pub now: Timestamp,
}

/// What is in the file in which the service finds its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredToken {
    /// The fingerprint of the file's content.
    pub fingerprint: TokenFingerprint,
    /// The file's permission bits.
    pub mode: u32,
    /// Its owner.
    pub owner: Owner,
}

/// What is at a path where a directory is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Whether it is a directory (or a link to one).
    pub is_directory: bool,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner.
    pub owner: Owner,
}

impl Observed {
    /// With what the PBX said just now.
    pub(super) fn with_pbx(self, pbx: PbxSeen) -> Self {
        Self {
            pbx,
            now: Timestamp::now(),
            ..self
        }
    }
}

/// Who made a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This library.
    Ours,
    /// The vendor's script, through Compose.
    Vendor,
    /// Somebody else.
    Foreign,
}

impl Origin {
    /// Told by the labels: ours has one of its own, the vendor's has Compose's for the project it always uses.
    pub fn of(container: &Container) -> Self {
        let label = |key: &str| container.labels.get(key).map(String::as_str);
        if label(MANAGED_LABEL).is_some() {
            Self::Ours
        } else if label("com.docker.compose.project") == Some(VENDOR_PROJECT) {
            Self::Vendor
        } else {
            Self::Foreign
        }
    }
}

/// The name under which a container waits while its successor is tried.
pub(super) fn aside(name: &str) -> String {
    format!("{name}.previous")
}

/// Whether the container's program is at work, or will be again in a moment.
pub(super) fn is_up(container: &Container) -> bool {
    matches!(
        container.state,
        State::Running | State::Restarting | State::Paused
    )
}

/// The container that counts: the one of this name, or the one that an interrupted run had set aside, which is put back
/// first.
pub(super) fn current<'a>(containers: &'a Containers, name: &str) -> Option<&'a Container> {
    containers
        .get(name)
        .or_else(|| containers.get(&aside(name)))
}
