//! News of extensions, for the names of agents.

use serde::Deserialize;

use super::lenient::{Id, Text};
use super::{Message, TEXT, Unreadable};
use crate::analytics::model::TenantId;

/// What happened to an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionChange {
    /// It is new, or told on subscribing.
    Created,
    /// It is another now.
    Updated,
    /// It is gone.
    Destroyed,
}

/// An extension that was made, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// What happened.
    pub change: ExtensionChange,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its number.
    pub number: Box<str>,
    /// The name shown for it.
    pub name: Box<str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wire<'a> {
    tenant_id: Id,
    #[serde(borrow)]
    extension_number: Text<'a>,
    #[serde(borrow)]
    disp_name: Text<'a>,
    // Read so that it is noticed when it is doubled, as in the vendor's own sample.
    #[serde(borrow, rename = "username")]
    _username: Text<'a>,
}

pub(super) fn extension(text: &str, change: ExtensionChange) -> Result<Message, Unreadable> {
    let wire: Wire<'_> = serde_json::from_str(text)?;
    let missing = |key| Unreadable::Missing {
        event: "an extension",
        key,
    };
    if wire.extension_number.is_empty() {
        return Err(missing("extension_number"));
    }
    Ok(Message::Extension(Extension {
        change,
        tenant: TenantId(wire.tenant_id.0.ok_or(missing("tenant_id"))?),
        number: wire.extension_number.cut(TEXT),
        name: wire.disp_name.cut(TEXT),
    }))
}
