//! Answers to commands.

use serde::Deserialize;

use super::lenient::Text;
use super::{Message, TEXT, Unreadable};

/// The PBX's answer to `auth`, `subscribe` or `unsubscribe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The command.
    pub command: Box<str>,
    /// The number of the answer.
    pub id: Box<str>,
    /// 0 for yes.
    pub status: i64,
    /// Why not; empty for yes.
    pub error: Box<str>,
}

impl Reply {
    /// Whether the PBX did as told.
    pub fn is_yes(&self) -> bool {
        self.status == 0 && self.error.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Wire<'a> {
    #[serde(borrow)]
    command: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    error: Text<'a>,
}

pub(super) fn reply(text: &str) -> Result<Message, Unreadable> {
    let wire: Wire<'_> = serde_json::from_str(text)?;
    let status = match &wire.status {
        Some(text) => text.0.trim().parse().map_err(|_| Unreadable::Json {
            reason: format!("the status of a reply is no number: {:?}", text.cut(80)),
        })?,
        None => {
            return Err(Unreadable::Missing {
                event: "a reply",
                key: "status",
            });
        }
    };
    Ok(Message::Reply(Reply {
        command: wire.command.cut(TEXT),
        id: wire.id.cut(TEXT),
        status,
        error: wire.error.cut(TEXT),
    }))
}
