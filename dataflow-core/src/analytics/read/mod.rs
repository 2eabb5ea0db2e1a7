//! Reads what the PBX sends, as tolerantly as its documents differ among themselves: in the names of keys, in words, in numbers written
//! as text. What can't be read is an [`Unreadable`] with the reason, to be kept apart; nothing here panics, and all of it is bounded.
//!
//! Where a message has a thing under two names, the first that is not empty counts. A key that is doubled makes a message unreadable: it
//! says two things.

mod call;
mod delivery;
mod extension;
mod lenient;
mod queue;
mod queue_wire;
mod reply;
mod rest;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod unreadable;

use lenient::Text;
use serde::Deserialize;

pub use call::{Target, TargetEvent};
pub use delivery::{Delivery, EventId, NotAnEventId, Source, webhook};
pub use extension::{Extension, ExtensionChange};
pub use queue::{
    AgentUpdate, Callback, CallerChange, CallerReason, CallerUpdate, QueueChange, QueueChanged,
    QueueStatus, SlaBreached, StatusOfAgents, StatusOfCallers, Waiting,
};
pub use reply::Reply;
pub use rest::{Page, QueueSettings, calls, queue_settings};
pub use unreadable::Unreadable;

use crate::analytics::model::{Call, plain_word};

/// A message may have at most this many bytes; a call with a thousand legs has about half of it.
pub const MESSAGE_LIMIT: usize = 1024 * 1024;
/// A page of records by REST, of at most a hundred, may have at most this many.
pub const PAGE_LIMIT: usize = 16 * 1024 * 1024;
/// Legs of a call.
const LEGS: usize = 1_000;
/// Persons in a list of a queue.
const PERSONS: usize = 20_000;
/// Bytes of a name or number; the rest is cut off. The vendor allows 1,024 characters of a name.
const TEXT: usize = 1_024;
/// Bytes of what the REST API was given for a call.
const USER_DATA: usize = 4_096;

/// A message of the PBX, over WSI or to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The answer to a command of ours.
    Reply(Reply),
    /// A call: as it starts, with news of it, or its record at its end.
    Call(Box<Call>),
    /// What a target of a call does. The call's record has all of it again.
    Target(Box<Target>),
    /// All of a queue: who waits, and what its agents are at.
    Queue(Box<QueueStatus>),
    /// Callers came or left.
    Callers(StatusOfCallers),
    /// Agents are at something else, or left the queue.
    Agents(StatusOfAgents),
    /// Somebody waits for longer than the service level allows.
    SlaBreached(SlaBreached),
    /// A queue was made, changed or removed.
    QueueChanged(QueueChanged),
    /// An extension was made, changed or removed.
    Extension(Extension),
    /// Something that the engine has no use for, by its type.
    Unused(Box<str>),
}

/// Reads a message.
pub fn message(bytes: &[u8]) -> Result<Message, Unreadable> {
    if bytes.len() > MESSAGE_LIMIT {
        return Err(Unreadable::TooLong {
            bytes: bytes.len(),
            limit: MESSAGE_LIMIT,
        });
    }
    // Once for all, instead of for each text in it.
    let text = text(bytes)?;
    let sort: Sort<'_> = serde_json::from_str(text)?;
    if !sort.command.is_empty() {
        return reply::reply(text);
    }
    let mut plain = [0; 40];
    let event = plain_word(&sort.event_type.0, &mut plain);
    match event.strip_prefix("cdr_").unwrap_or(event) {
        "" => Err(Unreadable::NoType),
        "call_start" => call::call(text, call::Stage::Start),
        "call_update_info" => call::call(text, call::Stage::Update),
        "call_cdr" => call::call(text, call::Stage::End),
        event if event.starts_with("target_") => call::target(text, event),
        "queue_status" => queue_wire::status(text),
        "queue_caller_status" => queue_wire::callers(text),
        "queue_agent_status" => queue_wire::agents(text),
        "queue_sla_breached" => queue_wire::sla_breached(text),
        "queue_created" => queue_wire::changed(text, QueueChange::Created),
        "queue_updated" => queue_wire::changed(text, QueueChange::Updated),
        "queue_destroy" | "queue_destroyed" => queue_wire::changed(text, QueueChange::Destroyed),
        "extension_created" => extension::extension(text, ExtensionChange::Created),
        "extension_updated" => extension::extension(text, ExtensionChange::Updated),
        "extension_destroyed" | "extension_destroy" => {
            extension::extension(text, ExtensionChange::Destroyed)
        }
        _ => Ok(Message::Unused(sort.event_type.cut(TEXT))),
    }
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(bytes).map_err(|error| Unreadable::Json {
        reason: format!("no UTF-8 after byte {}", error.valid_up_to()),
    })
}

/// What tells one message from another; the keys may be anywhere in it.
#[derive(Deserialize)]
struct Sort<'a> {
    #[serde(borrow, default)]
    event_type: Text<'a>,
    #[serde(borrow, default)]
    command: Text<'a>,
}
