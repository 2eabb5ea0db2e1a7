//! What a client may write into a rule.

use ipnet::IpNet;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Entry, Target};
use crate::rest::answer::Refused;

const LONGEST_DESCRIPTION: usize = 255;

/// The fields as they come. Of an update each may be left out, of a new rule only the last two.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    cidr: Option<String>,
    target: Option<String>,
    expire_at: Option<String>,
    description: Option<String>,
}

impl TryFrom<Change> for Entry {
    type Error = Refused;

    fn try_from(given: Change) -> Result<Self, Refused> {
        let required = |field: &str| Refused::invalid(field, "is required");
        Ok(Self {
            cidr: given.cidr()?.ok_or_else(|| required("cidr"))?,
            target: given.target()?.ok_or_else(|| required("target"))?,
            expire_at: given.expire_at()?,
            description: given.description()?,
        })
    }
}

impl Change {
    /// The rule with the given fields in place of its own.
    pub(crate) fn on(&self, old: &Entry) -> Result<Entry, Refused> {
        Ok(Entry {
            cidr: self.cidr()?.unwrap_or(old.cidr),
            target: self.target()?.unwrap_or(old.target),
            expire_at: self.expire_at()?.or(old.expire_at),
            description: self.description()?.or_else(|| old.description.clone()),
        })
    }

    /// Address and prefix length: an address alone is no network.
    fn cidr(&self) -> Result<Option<IpNet>, Refused> {
        let parse = |text: &String| text.parse();
        let parsed = self.cidr.as_ref().map(parse).transpose();
        parsed.map_err(|_| Refused::invalid("cidr", "is not in CIDR notation"))
    }

    fn target(&self) -> Result<Option<Target>, Refused> {
        match self.target.as_deref() {
            None => Ok(None),
            Some("ACCEPT") => Ok(Some(Target::Accept)),
            Some("DENY") => Ok(Some(Target::Deny)),
            Some(_) => Err(Refused::invalid("target", "is neither ACCEPT nor DENY")),
        }
    }

    fn expire_at(&self) -> Result<Option<Timestamp>, Refused> {
        let parsed = self.expire_at.as_deref().map(|text| {
            is_rfc3339(text)
                .then(|| text.parse().ok())
                .flatten()
                .ok_or_else(|| Refused::invalid("expire_at", "is not of RFC 3339"))
        });
        parsed.transpose()
    }

    fn description(&self) -> Result<Option<String>, Refused> {
        let Some(text) = &self.description else {
            return Ok(None);
        };
        if text.chars().count() > LONGEST_DESCRIPTION {
            return Err(Refused::invalid("description", "has over 255 characters"));
        }
        Ok(Some(text.clone()))
    }
}

/// `2017-07-21T17:32:28Z`, perhaps with a fraction of a second, or `+08:00` for the `Z`. The parser behind takes more than that.
fn is_rfc3339(text: &str) -> bool {
    let matches = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text
                .bytes()
                .zip(pattern.bytes())
                .all(|(byte, pattern)| match pattern {
                    b'0' => byte.is_ascii_digit(),
                    b'+' => byte == b'+' || byte == b'-',
                    _ => byte.eq_ignore_ascii_case(&pattern),
                })
    };
    let Some((start, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
        None => rest,
    };
    matches(start, "0000-00-00T00:00:00") && (matches(zone, "Z") || matches(zone, "+00:00"))
}
