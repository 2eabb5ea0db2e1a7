//! Something that is looked at now and then.

use std::sync::Arc;

use jiff::Timestamp;

use super::Trouble;

/// What was seen when it was looked at last, and what was in the way if that failed. What was seen before stays, with its age.
#[derive(Debug)]
pub(crate) struct Looked<T> {
    /// What was seen, and when.
    pub(crate) seen: Option<(Timestamp, Arc<T>)>,
    /// What was in the way at the last look, and when that was.
    pub(crate) trouble: Option<(Timestamp, Trouble)>,
}

impl<T> Looked<T> {
    /// What was seen last.
    pub(crate) fn value(&self) -> Option<&T> {
        self.seen.as_ref().map(|(_, seen)| &**seen)
    }

    /// When it was seen.
    pub(crate) fn at(&self) -> Option<Timestamp> {
        self.seen.as_ref().map(|(at, _)| *at)
    }

    /// Why it was not seen at the last look.
    pub(crate) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref().map(|(_, trouble)| trouble)
    }

    /// Takes what came of a look.
    pub(crate) fn take(&mut self, result: Result<T, Trouble>) {
        let now = Timestamp::now();
        match result {
            Ok(seen) => {
                self.seen = Some((now, Arc::new(seen)));
                self.trouble = None;
            }
            Err(trouble) => self.trouble = Some((now, trouble)),
        }
    }
}

impl<T> Clone for Looked<T> {
    fn clone(&self) -> Self {
        Self {
            seen: self.seen.clone(),
            trouble: self.trouble.clone(),
        }
    }
}

impl<T> Default for Looked<T> {
    fn default() -> Self {
        Self {
            seen: None,
            trouble: None,
        }
    }
}
