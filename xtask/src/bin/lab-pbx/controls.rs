//! What a test can make this PBX be or do.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::certificates::Kind;

/// All of it, as it is after a reset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Controls {
    /// The release that `admin/status` tells.
    pub(crate) version: String,
    /// Whether the port of the REST API is open.
    pub(crate) listening: bool,
    /// The certificate that new connections get.
    pub(crate) certificate: Kind,
    /// Seconds by which its clock is ahead (or behind, below zero).
    pub(crate) clock_offset: i64,
    /// Milliseconds that the REST API takes for each answer.
    pub(crate) delay: u64,
    /// The REST API takes requests and never answers.
    pub(crate) hang: bool,
    /// The REST API answers everything with a page of HTML and this status.
    pub(crate) html: Option<u16>,
    /// How many of the next requests to the REST API are throttled, whoever asks.
    pub(crate) throttle_next: u32,
    /// Seconds in the header Retry-After of a throttled request; none: no such header.
    pub(crate) retry_after: Option<u64>,
    /// How many requests an address that is on no whitelist may make in a minute.
    pub(crate) requests_per_minute: u32,
    /// The administrator's password; none: the one this PBX was started with.
    pub(crate) password: Option<String>,
    /// The administrator's account is locked.
    pub(crate) locked: bool,
    /// The code of the second factor; none: no second factor.
    pub(crate) code: Option<String>,
    /// Seconds until an access token is no longer taken.
    pub(crate) expires_in: i64,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            version: "22.3.5".to_owned(),
            listening: true,
            certificate: Kind::Good,
            clock_offset: 0,
            delay: 0,
            hang: false,
            html: None,
            throttle_next: 0,
            retry_after: None,
            // The release note of v22.
            requests_per_minute: 10_000,
            password: None,
            locked: false,
            code: None,
            expires_in: 1800,
        }
    }
}

impl Controls {
    /// These with the given ones in place of theirs.
    pub(crate) fn with(&self, given: &Value) -> Result<Self, String> {
        let given = given.as_object().ok_or("not a JSON object")?;
        let mut all = serde_json::to_value(self).map_err(|error| error.to_string())?;
        for (name, value) in given {
            all[name] = value.clone();
        }
        serde_json::from_value(all).map_err(|error| error.to_string())
    }
}
