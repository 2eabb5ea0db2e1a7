//! What a machine is checked for.

use std::{collections::BTreeSet, net::IpAddr};

use serde::{Deserialize, Serialize};

/// The size of deployment that a machine is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Any; the guide's minimum holds.
    #[default]
    Standard,
    /// Large: the guide's formula holds, from 8 vCPU on.
    LargeScale,
}

impl Profile {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::LargeScale => "large-scale",
        }
    }
}

/// What a machine is checked for. What is `None` is not known and not checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The size of deployment.
    pub profile: Profile,
    /// The private address that Data Flow is to have.
    pub private_ip: Option<IpAddr>,
    /// The public address that it is to have; on AWS, the Elastic IP.
    pub public_ip: Option<IpAddr>,
    /// The user on the PBX servers.
    pub user: Option<String>,
    /// The distribution of the PBX servers, such as `ubuntu 24.04`.
    pub pbx_os: Option<String>,
    /// Identifiers of the checks whose errors are not to count.
    pub ignored: BTreeSet<String>,
}
