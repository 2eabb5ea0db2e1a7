//! What programs read: each line of standard output is one JSON object. JSON.md describes them.

use dataflow_core::{Explain, Kind};
use serde::Serialize;

use crate::render::messages;

/// The number of the shape. It changes when something is taken away or comes to mean something else; what is added does
/// not change it.
pub(crate) const SCHEMA: u32 = 1;

/// One line.
#[derive(Debug, Serialize)]
pub(crate) struct Line<'a, B> {
    pub(crate) schema: u32,
    /// The verb; not there where the command line was not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verb: Option<&'a str>,
    /// The server's name in the settings file, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'a str>,
    #[serde(flatten)]
    pub(crate) body: B,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Result<'a, T> {
    pub(crate) result: &'a T,
}

/// What went wrong.
#[derive(Debug, Serialize)]
pub(crate) struct Error {
    error: Body,
}

#[derive(Debug, Serialize)]
struct Body {
    kind: Kind,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
    next: String,
}

/// An error for programs, the causes joined to the message.
pub(crate) fn error(error: &dyn Explain) -> Error {
    Error {
        error: Body {
            kind: error.kind(),
            message: messages(error).join(": "),
            details: error.details().to_vec(),
            next: error.next_step(),
        },
    }
}
