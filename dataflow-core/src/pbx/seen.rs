//! What was seen of a PBX.

use super::{PbxError, PbxLink, filter::IpFilter, version::PbxVersion};

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

impl<T> Seen<T> {
    /// With why nobody asked.
    pub(crate) fn unless_asked(self, why: &str) -> Self {
        match self {
            Self::NotAsked => Self::Unknown(why.to_owned()),
            asked => asked,
        }
    }
}

/// What a PBX said of itself.
#[derive(Debug, Clone, Default)]
pub struct PbxSeen {
    /// All entries of its list of addresses.
    pub whitelist: Seen<Vec<IpFilter>>,
    /// Its version.
    pub version: Seen<PbxVersion>,
}

impl PbxLink {
    /// Asks for its list and its version, both at the same time.
    pub async fn see(&self) -> PbxSeen {
        match self {
            Self::None => PbxSeen::default(),
            Self::Ready(pbx) => {
                let (whitelist, version) = tokio::join!(pbx.whitelist(), pbx.version());
                PbxSeen {
                    whitelist: whitelist.into(),
                    version: version.into(),
                }
            }
            Self::Failed(error) => PbxSeen {
                whitelist: Seen::Unknown(error.to_string()),
                version: Seen::Unknown(error.to_string()),
            },
        }
    }
}

impl<T> From<Result<T, PbxError>> for Seen<T> {
    fn from(answer: Result<T, PbxError>) -> Self {
        match answer {
            Ok(known) => Self::Known(known),
            Err(error) => Self::Unknown(error.to_string()),
        }
    }
}
