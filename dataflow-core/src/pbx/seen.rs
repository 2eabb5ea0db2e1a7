//! What was seen of a PBX.

use super::{filter::IpFilter, version::PbxVersion};

/// Something that others were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Seen<T> {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// The answer.
    Known(T),
    /// There was none, and this is why.
    Unknown(String),
}

/// What a PBX said of itself.
#[derive(Debug, Clone, Default)]
pub struct PbxSeen {
    /// All entries of its list of addresses.
    pub whitelist: Seen<Vec<IpFilter>>,
    /// Its version.
    pub version: Seen<PbxVersion>,
}
