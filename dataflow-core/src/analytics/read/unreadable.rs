//! Why a message could not be read.

/// Why a message could not be read. The message itself is kept beside it, in `calls_bad`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is larger than any message is.
    #[error("{bytes} bytes; a message has at most {limit}")]
    TooLong {
        /// Its size.
        bytes: usize,
        /// The largest that is read.
        limit: usize,
    },
    /// It is no JSON, has a key twice, or a value that makes no sense where it stands.
    #[error("{reason}")]
    Json {
        /// What, and at which line and column.
        reason: String,
    },
    /// It does not say what it is.
    #[error("neither event_type nor command is given")]
    NoType,
    /// Something is missing without which it can't be used.
    #[error("{event} without {key}")]
    Missing {
        /// What it is.
        event: &'static str,
        /// What is missing.
        key: &'static str,
    },
}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        // serde_json repeats text of the message, which may be long.
        let mut reason = error.to_string();
        if reason.len() > 400 {
            let end = reason.floor_char_boundary(300);
            reason.truncate(end);
            reason.push_str("...");
            reason.push_str(&format!(
                " at line {} column {}",
                error.line(),
                error.column()
            ));
        }
        Self::Json { reason }
    }
}
