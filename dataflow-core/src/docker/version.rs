//! Which version of the Engine API is spoken.

use std::{fmt, str::FromStr};

/// The oldest version that has all that is needed: Docker 20.10, the oldest release that ClickHouse's image supports.
pub(super) const OLDEST: ApiVersion = ApiVersion(1, 41);

/// The newest version whose answers were checked: Docker 29.
pub(super) const NEWEST: ApiVersion = ApiVersion(1, 53);

/// A version of the Docker Engine API, such as 1.41.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion(u16, u16);

impl ApiVersion {
    /// The version to speak with an engine that answers `newest` and still takes `oldest`: the newest that both sides know.
    /// `None` where there is none.
    pub(super) fn negotiate(oldest: Option<Self>, newest: Self) -> Option<Self> {
        let spoken = newest.min(NEWEST);
        (spoken >= OLDEST && oldest.is_none_or(|oldest| spoken >= oldest)).then_some(spoken)
    }
}

impl FromStr for ApiVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (major, minor) = text.split_once('.').ok_or(())?;
        Ok(Self(
            major.parse().map_err(|_| ())?,
            minor.parse().map_err(|_| ())?,
        ))
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_newest_version_that_both_sides_know_is_spoken() {
        // What `GET /version` of each release answers: oldest and newest version.
        let cases = [
            ("19.03", None, "1.40", None),
            ("20.10", Some("1.12"), "1.41", Some("1.41")),
            ("24.0", Some("1.12"), "1.43", Some("1.43")),
            ("28.0", Some("1.24"), "1.48", Some("1.48")),
            ("29.0", Some("1.44"), "1.52", Some("1.52")),
            ("a later one", Some("1.50"), "1.60", Some("1.53")),
            ("a far later one", Some("1.60"), "1.70", None),
        ];
        for (release, oldest, newest, spoken) in cases {
            let oldest = oldest.map(|v| v.parse().unwrap());
            let negotiated = ApiVersion::negotiate(oldest, newest.parse().unwrap());
            assert_eq!(
                negotiated.map(|v| v.to_string()).as_deref(),
                spoken,
                "Docker {release}"
            );
        }
    }
}
