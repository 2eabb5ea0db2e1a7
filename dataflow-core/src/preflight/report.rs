//! The report on one machine.

use serde::Serialize;

use super::{Check, Fix, Group, Profile, State};

/// The version of the shape of [`Report`].
const SCHEMA: u32 = 1;

/// What all checks found on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The version of this shape.
    pub schema: u32,
    /// The machine.
    pub host: String,
    /// What it is, in a line.
    pub machine: String,
    /// What it was checked for.
    pub profile: Profile,
    /// Whether it is fit.
    pub verdict: Verdict,
    /// How many checks ended how.
    pub counts: Counts,
    /// What each check found, in the order of the checks.
    pub findings: Vec<Finding>,
}

/// Whether a machine is fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All is as required, as far as it could be seen.
    Fit,
    /// There are warnings, or things that could not be seen.
    FitWithWarnings,
    /// There are errors.
    Unfit,
}

/// How many checks ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are those of the states")]
pub struct Counts {
    pub pass: usize,
    pub note: usize,
    pub warning: usize,
    pub error: usize,
    pub unknown: usize,
    pub skipped: usize,
    pub crashed: usize,
    /// Those whose error or warning was ignored; they count as notes too.
    pub ignored: usize,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's identifier.
    pub id: &'static str,
    /// What it belongs to.
    pub group: Group,
    /// What it is about.
    pub title: &'static str,
    /// How things stand.
    pub state: State,
    /// How they would stand if this check were not ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored: Option<State>,
    /// What was seen, or why it was not.
    pub seen: String,
    /// What is required.
    pub required: String,
    /// Who requires it.
    pub source: &'static str,
    /// What mends it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedy: Vec<String>,
    /// The remedy that is safe to apply, where there is one.
    #[serde(skip)]
    pub fix: Option<Fix>,
    /// How long the check took, in milliseconds, where that was too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_ms: Option<u64>,
}

impl Finding {
    /// Whether it is something that should be mended or looked at.
    #[must_use]
    pub fn matters(&self) -> bool {
        self.state > State::Skipped || self.ignored.is_some()
    }
}

impl Report {
    pub(super) fn new(
        host: String,
        machine: String,
        profile: Profile,
        findings: Vec<Finding>,
    ) -> Self {
        let counts = Counts::of(&findings);
        let verdict = if counts.error + counts.crashed > 0 {
            Verdict::Unfit
        } else if counts.warning + counts.unknown > 0 {
            Verdict::FitWithWarnings
        } else {
            Verdict::Fit
        };
        Self {
            schema: SCHEMA,
            host,
            machine,
            profile,
            verdict,
            counts,
            findings,
        }
    }
}

impl Counts {
    fn of(findings: &[Finding]) -> Self {
        let count = |state| findings.iter().filter(|found| found.state == state).count();
        Self {
            pass: count(State::Pass),
            note: count(State::Note),
            warning: count(State::Warning),
            error: count(State::Error),
            unknown: count(State::Unknown),
            skipped: count(State::Skipped),
            crashed: count(State::Crashed),
            ignored: findings
                .iter()
                .filter(|found| found.ignored.is_some())
                .count(),
        }
    }
}

impl std::fmt::Display for Check {
    /// The long explanation of a check.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}: {}", self.id, self.title)?;
        writeln!(f, "\nRequired: {}", self.required)?;
        writeln!(f, "By: {}", self.source)?;
        write!(f, "\n{}", self.why)
    }
}
