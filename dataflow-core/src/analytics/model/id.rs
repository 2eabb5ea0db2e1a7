//! The PBX's identifiers: whole numbers, mostly sent as text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Moment;

/// Why a text is no identifier of the PBX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is a whole number from 1 to 2^64 - 1")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                match text.parse() {
                    Ok(number) if number != 0 => Ok(Self(number)),
                    _ => Err(NotAnId),
                }
            }
        }
    };
}

id! {
    /// A tenant of the PBX.
    TenantId
}
id! {
    /// A call detail record. Where a message has none, it is the session's: the vendor's own sample of a call's end lacks it.
    CallId
}
id! {
    /// What holds the records of one call together.
    SessionId
}
id! {
    /// A queue, as the live events name it.
    QueueId
}

impl CallId {
    /// The PBX's identifiers count milliseconds since this moment in all but their last 22 bits: 2018-01-01 in UTC. The vendor does not
    /// say so; the identifiers in its documents do, to the second.
    const EPOCH_MS: u64 = 1_514_764_800_000;

    /// When the identifier was made, if it was made that way.
    pub fn made(self) -> Option<Moment> {
        let seconds = (Self::EPOCH_MS + (self.0 >> 22)) / 1000;
        u32::try_from(seconds).ok().and_then(Moment::new)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_identifier_tells_when_it_was_made() {
        // The session of the documented call that started at 1725845648.
        let id = CallId(885_337_248_273_272_832);
        assert_eq!(id.made().map(Moment::seconds), Some(1_725_845_648));
    }

    #[test]
    fn only_whole_numbers_above_zero_are_identifiers() {
        assert_eq!("23435".parse(), Ok(TenantId(23435)));
        for text in ["", "0", "-1", "a1", "1.5", "18446744073709551616"] {
            assert_eq!(text.parse::<TenantId>(), Err(NotAnId), "{text}");
        }
    }
}
