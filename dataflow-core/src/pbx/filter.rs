//! Entries on the PBX's one list of addresses ("IP filters"), where ACCEPT is the whitelist and DENY the blacklist.

use std::{fmt, net::IpAddr};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Serialize, Serializer};

use super::cidr::Cidr;

/// With what the description of an entry of ours begins.
pub const OURS: &str = "dataflow: ";

/// The longest description that the PBX takes.
const LONGEST: usize = 255;

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Lets its addresses past the PBX's limits.
    Accept,
    /// Keeps its addresses out.
    Deny,
    /// Something else than is documented, as it can be shown.
    Other(String),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accept => "ACCEPT",
            Self::Deny => "DENY",
            Self::Other(text) => text,
        })
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An entry as the PBX has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IpFilter {
    /// How the PBX names it.
    pub id: String,
    /// The addresses it is about.
    pub cidr: Cidr,
    /// What it does to them.
    pub target: Target,
    /// When it ends; an entry without one does not.
    pub expire_at: Option<Timestamp>,
    /// What people wrote about it, escaped.
    pub description: String,
}

impl IpFilter {
    /// Whether this program made it. No other entry is ever changed or removed.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.description.starts_with(OURS)
    }

    /// Whether it has ended: the PBX may still list it.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.expire_at.is_some_and(|end| end <= now)
    }
}

impl fmt::Display for IpFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.target, self.cidr)?;
        if !self.description.is_empty() {
            write!(f, " \"{}\"", self.description)?;
        }
        match self.expire_at {
            Some(end) => write!(f, ", ends {}", Day(end)),
            None => f.write_str(", does not end"),
        }
    }
}

/// An entry to be made: an ACCEPT for one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewFilter {
    cidr: Cidr,
    #[serde(serialize_with = "accept")]
    target: (),
    expire_at: Timestamp,
    description: String,
}

// What serde calls hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn accept<S: Serializer>((): &(), serializer: S) -> Result<S::Ok, S::Error> {
    Target::Accept.serialize(serializer)
}

impl NewFilter {
    /// Accepts an address for ten years from now: longer than a server lasts, and no date that a system can't hold.
    /// `server` is how the operator calls the server.
    #[must_use]
    pub fn accept(address: IpAddr, now: Timestamp, server: &str) -> Self {
        Self {
            cidr: Cidr::of(address),
            target: (),
            expire_at: in_ten_years(now),
            description: description(server),
        }
    }

    /// The address, as a network of one.
    #[must_use]
    pub fn cidr(&self) -> &Cidr {
        &self.cidr
    }

    /// When it ends.
    #[must_use]
    pub fn expire_at(&self) -> Timestamp {
        self.expire_at
    }

    /// What it says of itself.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether an entry does what this one would, as far as the PBX's own writing of it matters.
    pub(super) fn is_like(&self, entry: &IpFilter) -> bool {
        entry.cidr == self.cidr
            && entry.target == Target::Accept
            && entry.expire_at == Some(self.expire_at)
            && entry.description == self.description
    }
}

/// Whole seconds, in UTC.
fn in_ten_years(now: Timestamp) -> Timestamp {
    let then = now
        .to_zoned(TimeZone::UTC)
        .checked_add(10.years())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp());
    Timestamp::from_second(then.as_second()).unwrap_or(then)
}

fn description(server: &str) -> String {
    let mut text = format!("{OURS}Data Flow server {server}");
    text.retain(|c| !c.is_control());
    while text.len() > LONGEST {
        text.pop();
    }
    text.truncate(text.trim_end().len());
    text
}

/// A point in time as a day, which is exact enough for what lasts for months.
pub(super) struct Day(pub(super) Timestamp);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%Y-%m-%d").fmt(f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_written_as_documented() {
        let now = "2026-11-24T15:18:37.123456789Z".parse().unwrap();
        let filter = NewFilter::accept("::ffff:10.0.0.5".parse().unwrap(), now, "df\n01");
        insta::assert_snapshot!(serde_json::to_string_pretty(&filter).unwrap(), @r#"
        {
          "cidr": "10.0.0.5/32",
          "target": "ACCEPT",
          "expire_at": "2036-11-24T15:18:37Z",
          "description": "dataflow: Data Flow server df01"
        }
        "#);
    }

    #[test]
    fn a_long_name_is_cut_to_what_the_pbx_takes() {
        let filter = NewFilter::accept([10, 0, 0, 5].into(), Timestamp::now(), &"ä".repeat(300));
        assert!(filter.description().len() <= LONGEST);
        assert!(filter.description().ends_with('ä'));
    }

    #[test]
    fn the_last_day_of_time_is_no_panic() {
        let _ = NewFilter::accept([10, 0, 0, 5].into(), Timestamp::MAX, "x");
    }
}
