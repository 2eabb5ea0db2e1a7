//! Answers of the REST API.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::call::{Stage, Wire};
use super::lenient::{Count, Flag, List, Text};
use super::{PAGE_LIMIT, TEXT, Unreadable, text};
use crate::analytics::model::{Call, TenantId};

/// A page of records.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// How many there are in all, where told.
    pub count: Option<u32>,
    /// The records, those of this page that could be read.
    pub calls: Vec<Call>,
    /// The others, each with its text.
    pub unreadable: Vec<(String, Unreadable)>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePage<'a> {
    count: Count,
    #[serde(borrow)]
    items: List<&'a RawValue, 1_000>,
}

/// Reads a page of `/cdrs` or `/calllogs`, or one record of them. The records do not say whose they are.
pub fn calls(tenant: TenantId, bytes: &[u8]) -> Result<Page, Unreadable> {
    if bytes.len() > PAGE_LIMIT {
        return Err(Unreadable::TooLong {
            bytes: bytes.len(),
            limit: PAGE_LIMIT,
        });
    }
    let text = text(bytes)?;
    let wire: WirePage<'_> = serde_json::from_str(text)?;
    let mut page = Page {
        count: wire.count.0,
        ..Page::default()
    };
    let record = |json: &str| -> Result<Call, Unreadable> {
        let wire: Wire<'_> = serde_json::from_str(json)?;
        // A record of a call that is not over has no end.
        wire.call("a record", Some(tenant), Stage::Update)
    };
    if wire.items.0.is_empty() && wire.count.0.is_none() {
        page.calls.push(record(text)?);
    }
    for item in wire.items.0 {
        match record(item.get()) {
            Ok(call) => page.calls.push(call),
            Err(error) => page.unreadable.push((item.get().to_owned(), error)),
        }
    }
    Ok(page)
}

/// Settings of a queue that its figures depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    /// Its number.
    pub number: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Within how many seconds callers are to be answered; 0 where it is not set.
    pub sla: u32,
    /// How long a caller waits at most, in seconds.
    pub max_wait: Option<u32>,
    /// Whether callers can be called back.
    pub callback: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireQueue<'a> {
    #[serde(borrow)]
    extension_number: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    sla_time: Count,
    max_waiting_time: Count,
    enable_callback: Flag,
}

/// Reads `/call_queues/{id}`.
pub fn queue_settings(bytes: &[u8]) -> Result<QueueSettings, Unreadable> {
    if bytes.len() > PAGE_LIMIT {
        return Err(Unreadable::TooLong {
            bytes: bytes.len(),
            limit: PAGE_LIMIT,
        });
    }
    let wire: WireQueue<'_> = serde_json::from_str(text(bytes)?)?;
    if wire.extension_number.is_empty() {
        return Err(Unreadable::Missing {
            event: "a queue",
            key: "extension_number",
        });
    }
    Ok(QueueSettings {
        number: wire.extension_number.cut(TEXT),
        name: wire.name.cut(TEXT),
        sla: wire.sla_time.0.unwrap_or(0),
        max_wait: wire.max_waiting_time.0,
        callback: wire.enable_callback.0,
    })
}
