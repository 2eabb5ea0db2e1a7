//! A second of UTC.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A whole second of UTC between 2000 and 2106, in four bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Moment(u32);

/// A number of seconds that no event of a PBX can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("times are from 2000-01-01 to 2106-02-07, in seconds since 1970")]
pub struct NotAMoment;

impl Moment {
    /// The first: 2000-01-01T00:00:00Z. What is before it is no time but a mistake.
    pub const FIRST: Self = Self(946_684_800);
    /// The last.
    pub const LAST: Self = Self(u32::MAX);

    /// The moment that many seconds after 1970, where it is in range.
    pub fn new(seconds: u32) -> Option<Self> {
        (seconds >= Self::FIRST.0).then_some(Self(seconds))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// Seconds from `earlier` to this moment; 0 where `earlier` is later.
    pub fn since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    /// This many seconds later, at most the last moment.
    #[must_use]
    pub fn plus(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// This many seconds earlier, at least the first moment.
    #[must_use]
    pub fn minus(self, seconds: u32) -> Self {
        Self(self.0.saturating_sub(seconds)).max(Self::FIRST)
    }

    /// The same as a timestamp.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_second(i64::from(self.0)).unwrap_or(Timestamp::MAX)
    }
}

impl TryFrom<u32> for Moment {
    type Error = NotAMoment;

    fn try_from(seconds: u32) -> Result<Self, NotAMoment> {
        Self::new(seconds).ok_or(NotAMoment)
    }
}

impl From<Moment> for u32 {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

/// The whole second that a timestamp is in.
impl TryFrom<Timestamp> for Moment {
    type Error = NotAMoment;

    fn try_from(timestamp: Timestamp) -> Result<Self, NotAMoment> {
        // Towards the past, also before 1970, which is out of range in any case.
        u32::try_from(timestamp.as_second())
            .ok()
            .and_then(Self::new)
            .ok_or(NotAMoment)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
