//! A message on its way: where it came from, when, and which one it is.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use super::lenient::Text;
use super::{MESSAGE_LIMIT, Message, Unreadable};

/// Where a message came from. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Source {
    /// Over the socket.
    Wsi = 1,
    /// To the webhook.
    Webhook = 2,
    /// A list of records by REST.
    Rest = 3,
    /// One record by REST, which has its cost.
    RestDetail = 4,
}

impl Source {
    /// The number that stands for it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The source of a number.
    pub fn of(code: u8) -> Option<Self> {
        [Self::Wsi, Self::Webhook, Self::Rest, Self::RestDetail]
            .into_iter()
            .find(|source| source.code() == code)
    }
}

/// Which event it is: the PBX's UUID, else what comes of the message's content, so that a copy of it is the same event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub u128);

/// Why a text is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a UUID has 32 hexadecimal digits")]
pub struct NotAnEventId;

impl EventId {
    /// Made of the content.
    pub fn of_content(bytes: &[u8]) -> Self {
        let digest: [u8; 20] = Sha1::digest(bytes).into();
        let mut first = [0; 16];
        first.copy_from_slice(digest.first_chunk::<16>().unwrap_or(&[0; 16]));
        Self(u128::from_be_bytes(first))
    }
}

impl std::str::FromStr for EventId {
    type Err = NotAnEventId;

    fn from_str(text: &str) -> Result<Self, NotAnEventId> {
        let text = text.trim();
        let text = text
            .strip_prefix('{')
            .and_then(|t| t.strip_suffix('}'))
            .unwrap_or(text);
        let mut number = 0;
        let mut digits = 0;
        for letter in text.chars().filter(|letter| *letter != '-') {
            let digit = letter.to_digit(16).ok_or(NotAnEventId)?;
            number = number << 4 | u128::from(digit);
            digits += 1;
        }
        match digits {
            32 => Ok(Self(number)),
            _ => Err(NotAnEventId),
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        for (at, digit) in hex.chars().enumerate() {
            if matches!(at, 8 | 12 | 16 | 20) {
                f.write_str("-")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// A message as it came: a row of `events_raw`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where from.
    pub source: Source,
    /// Which event.
    pub event: EventId,
    /// When it came, in milliseconds since 1970. For latencies only, never for a figure.
    pub received_ms: u64,
    /// What came.
    pub body: Vec<u8>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    uuid: Text<'a>,
    #[serde(borrow)]
    event_uuid: Text<'a>,
    #[serde(borrow)]
    event_id: Text<'a>,
}

/// Reads the body of a request to the webhook: which event it is, and the message. The vendor says that each event has a UUID, but
/// not where: it is looked for under the usual names, `header` being what a header gave; without one the content stands for it.
pub fn webhook(header: Option<&str>, body: &[u8]) -> (EventId, Result<Message, Unreadable>) {
    let named = header.and_then(|text| text.parse().ok()).or_else(|| {
        if body.len() > MESSAGE_LIMIT {
            return None;
        }
        let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
        [envelope.uuid, envelope.event_uuid, envelope.event_id]
            .iter()
            .find_map(|text| text.0.parse().ok())
    });
    let event = named.unwrap_or_else(|| EventId::of_content(body));
    (event, super::message(body))
}
