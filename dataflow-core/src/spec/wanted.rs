//! The validated result: what is wanted on the server, and how the server is reached.

use std::{collections::BTreeSet, ops::RangeInclusive, time::Duration};

use super::{DataPath, ImageRef, RegistryLogin, ServerIp, SpecError, pbx_spec::PbxSpec};
use crate::host::{Address, SignIn};
use crate::preflight::{CheckId, Expectations, Profile};

/// The health check's start grace that is allowed, in seconds.
pub const START_GRACE_RANGE: RangeInclusive<u64> = 1..=3600;

/// The limit of open files that is allowed: from Linux's own default for a process to the most that a Linux kernel can
/// be told to grant.
pub const NOFILE_RANGE: RangeInclusive<u64> = 1024..=2_147_483_584;

/// What is wanted on the server. Whoever holds one holds a valid one: every field is checked when it is set.
#[derive(Debug, Clone)]
pub struct Spec {
    data_path: DataPath,
    private_ip: Option<ServerIp>,
    public_ip: Option<ServerIp>,
    pbx: ServerIp,
    image: ImageRef,
    clickhouse_image: ImageRef,
    registry: Option<RegistryLogin>,
    start_grace: Duration,
    nofile: u64,
    pull: Pull,
    downgrade: bool,
    jump: bool,
    adopt: bool,
    profile: Profile,
    ignored: BTreeSet<String>,
    pub(super) at_pbx: PbxSpec,
}

/// How the server is reached.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it is.
    pub address: Address,
    /// How to sign in.
    pub sign_in: SignIn,
}

/// When images are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pull {
    /// Where the server does not have them.
    #[default]
    Missing,
    /// Every time, so that a tag that moved is noticed.
    Always,
    /// Never; an image that is missing is an error.
    Never,
}

impl Pull {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

impl Spec {
    /// A server for this PBX, with the vendor's defaults for all else. The server's private or public address may be
    /// missing, not both.
    ///
    /// # Errors
    /// [`SpecError::NoServerIp`].
    pub fn new(
        pbx: ServerIp,
        private_ip: Option<ServerIp>,
        public_ip: Option<ServerIp>,
    ) -> Result<Self, SpecError> {
        if private_ip.is_none() && public_ip.is_none() {
            return Err(SpecError::NoServerIp);
        }
        Ok(Self {
            data_path: DataPath::default(),
            private_ip,
            public_ip,
            pbx,
            image: ImageRef::known("portsip/pbx", "22"),
            clickhouse_image: ImageRef::known("portsip/clickhouse", "25.8"),
            registry: None,
            start_grace: Duration::from_secs(90),
            nofile: 655_360,
            pull: Pull::default(),
            downgrade: false,
            jump: false,
            adopt: false,
            profile: Profile::default(),
            ignored: BTreeSet::new(),
            at_pbx: PbxSpec::default(),
        })
    }

    /// Sets the directory on the server that holds all data.
    #[must_use]
    pub fn with_data_path(self, data_path: DataPath) -> Self {
        Self { data_path, ..self }
    }

    /// Sets the image of the service.
    #[must_use]
    pub fn with_image(self, image: ImageRef) -> Self {
        Self { image, ..self }
    }

    /// Sets the image of the database.
    #[must_use]
    pub fn with_clickhouse_image(self, clickhouse_image: ImageRef) -> Self {
        Self {
            clickhouse_image,
            ..self
        }
    }

    /// Sets who signs in to the registry.
    #[must_use]
    pub fn with_registry(self, registry: RegistryLogin) -> Self {
        Self {
            registry: Some(registry),
            ..self
        }
    }

    /// Sets when images are fetched.
    #[must_use]
    pub fn with_pull(self, pull: Pull) -> Self {
        Self { pull, ..self }
    }

    /// Sets whether an image may be older than the one that is deployed.
    #[must_use]
    pub fn with_downgrade(self, downgrade: bool) -> Self {
        Self { downgrade, ..self }
    }

    /// Sets whether ClickHouse may become more than a year newer at once.
    #[must_use]
    pub fn with_jump(self, jump: bool) -> Self {
        Self { jump, ..self }
    }

    /// Sets whether containers of the right names that somebody else made are taken over.
    #[must_use]
    pub fn with_adopt(self, adopt: bool) -> Self {
        Self { adopt, ..self }
    }

    /// Sets the size of deployment that the server must be fit for.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// Sets the checks of the preflight whose errors are not to count.
    #[must_use]
    pub fn with_ignored(self, ignored: impl IntoIterator<Item = CheckId>) -> Self {
        let ignored = ignored.into_iter().map(|id| id.to_string()).collect();
        Self { ignored, ..self }
    }

    /// Sets the time after the database's start in which failed health checks do not count.
    ///
    /// # Errors
    /// [`SpecError::OutOfRange`] outside [`START_GRACE_RANGE`]. A part of a second is cut off.
    pub fn with_start_grace(self, start_grace: Duration) -> Result<Self, SpecError> {
        let seconds = in_range(
            "the start grace",
            start_grace.as_secs().into(),
            &START_GRACE_RANGE,
            " seconds",
        )?;
        Ok(Self {
            start_grace: Duration::from_secs(seconds),
            ..self
        })
    }

    /// Sets the database's limit of open files.
    ///
    /// # Errors
    /// [`SpecError::OutOfRange`] outside [`NOFILE_RANGE`].
    pub fn with_nofile(self, nofile: u64) -> Result<Self, SpecError> {
        Ok(Self {
            nofile: in_range("the limit of open files", nofile.into(), &NOFILE_RANGE, "")?,
            ..self
        })
    }

    /// The directory on the server that holds all data.
    #[must_use]
    pub fn data_path(&self) -> &DataPath {
        &self.data_path
    }

    /// The server's private address.
    #[must_use]
    pub fn private_ip(&self) -> Option<ServerIp> {
        self.private_ip
    }

    /// The server's public address.
    #[must_use]
    pub fn public_ip(&self) -> Option<ServerIp> {
        self.public_ip
    }

    /// The address of the PBX.
    #[must_use]
    pub fn pbx(&self) -> ServerIp {
        self.pbx
    }

    /// The image of the service; it is the vendor's PBX image.
    #[must_use]
    pub fn image(&self) -> &ImageRef {
        &self.image
    }

    /// The image of the database.
    #[must_use]
    pub fn clickhouse_image(&self) -> &ImageRef {
        &self.clickhouse_image
    }

    /// Who signs in to the registry.
    #[must_use]
    pub fn registry(&self) -> Option<&RegistryLogin> {
        self.registry.as_ref()
    }

    /// The time after the database's start in which failed health checks do not count, in whole seconds.
    #[must_use]
    pub fn start_grace(&self) -> Duration {
        self.start_grace
    }

    /// The database's limit of open files.
    #[must_use]
    pub fn nofile(&self) -> u64 {
        self.nofile
    }

    /// When images are fetched.
    #[must_use]
    pub fn pull(&self) -> Pull {
        self.pull
    }

    /// Whether ClickHouse may become more than a year newer at once.
    #[must_use]
    pub fn allows_jump(&self) -> bool {
        self.jump
    }

    /// Whether containers of the right names that somebody else made are taken over.
    #[must_use]
    pub fn adopts(&self) -> bool {
        self.adopt
    }

    /// What the server must be before anything is changed on it.
    #[must_use]
    pub fn expectations(&self) -> Expectations {
        Expectations {
            profile: self.profile,
            private_ip: self.private_ip.map(ServerIp::get),
            public_ip: self.public_ip.map(ServerIp::get),
            ignored: self.ignored.clone(),
            ..Expectations::default()
        }
    }

    /// Whether an image may be older than the one that is deployed.
    #[must_use]
    pub fn allows_downgrade(&self) -> bool {
        self.downgrade
    }
}

/// The number, if it is in the range.
pub(super) fn in_range(
    what: &'static str,
    given: i128,
    range: &RangeInclusive<u64>,
    unit: &'static str,
) -> Result<u64, SpecError> {
    u64::try_from(given)
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| SpecError::OutOfRange {
            what,
            given,
            min: *range.start(),
            max: *range.end(),
            unit,
        })
}
