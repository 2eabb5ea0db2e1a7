//! What a check found.

use serde::Serialize;

use super::{Fix, remedy};

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As required.
    Pass,
    /// As required, and something to know.
    Note,
    /// It does not apply here.
    Skipped,
    /// It could not be seen.
    Unknown,
    /// It will work, and should be mended.
    Warning,
    /// The check itself failed.
    Crashed,
    /// Not as required.
    Error,
}

impl State {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Crashed => "crashed",
            Self::Error => "error",
        }
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How things stand.
    pub state: State,
    /// What was seen.
    pub seen: String,
    /// What is required, where it depends on the machine.
    pub required: Option<String>,
    /// Commands that mend it, or a sentence where no command can.
    pub remedy: Vec<String>,
    /// The remedy that is safe to apply, where there is one.
    pub fix: Option<Fix>,
}

impl Outcome {
    pub(super) fn new(state: State, seen: impl Into<String>) -> Self {
        Self {
            state,
            seen: seen.into(),
            required: None,
            remedy: Vec::new(),
            fix: None,
        }
    }

    pub(super) fn pass(seen: impl Into<String>) -> Self {
        Self::new(State::Pass, seen)
    }

    pub(super) fn note(seen: impl Into<String>) -> Self {
        Self::new(State::Note, seen)
    }

    pub(super) fn warning(seen: impl Into<String>) -> Self {
        Self::new(State::Warning, seen)
    }

    pub(super) fn error(seen: impl Into<String>) -> Self {
        Self::new(State::Error, seen)
    }

    pub(super) fn skipped(reason: impl Into<String>) -> Self {
        Self::new(State::Skipped, reason)
    }

    /// What is required on this machine.
    pub(super) fn require(mut self, required: impl Into<String>) -> Self {
        self.required = Some(required.into());
        self
    }

    /// One more line of the remedy.
    pub(super) fn mend(mut self, line: impl Into<String>) -> Self {
        self.remedy.push(line.into());
        self
    }

    /// The remedy as something that is safe to apply.
    pub(super) fn fixed_by(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// Another value for a setting of the kernel.
    pub(super) fn set(self, name: &str, now: u64, value: &str) -> Self {
        self.mend(remedy::sysctl(name, value))
            .fixed_by(Fix::sysctl(name, &now.to_string(), value))
    }

    /// One more line of the remedy, where something is to be mended.
    pub(super) fn mend_if_bad(self, line: impl Into<String>) -> Self {
        if matches!(self.state, State::Warning | State::Error) {
            self.mend(line)
        } else {
            self
        }
    }
}
