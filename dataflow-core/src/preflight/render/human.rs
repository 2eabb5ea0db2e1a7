//! For people, readable without colour.

use std::fmt::Write;

use super::{groups, line};
use crate::preflight::{Counts, Finding, Report, State, Verdict};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Every check.
    All,
    /// Only what should be mended or looked at.
    WhatMatters,
    /// Only what makes the machine unfit.
    Errors,
}

impl Detail {
    fn shows(self, finding: &Finding) -> bool {
        match self {
            Self::All => true,
            Self::WhatMatters => finding.matters(),
            Self::Errors => matches!(finding.state, State::Error | State::Crashed),
        }
    }
}

/// The report as columns: state, identifier, what was seen; below what should be mended what is required, by whom, and how to
/// mend it. `paint` may colour the word for a state.
pub fn human(report: &Report, detail: Detail, paint: &dyn Fn(State, &str) -> String) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}: {}", line(&report.host), line(&report.machine));
    let shown = |finding: &&&Finding| detail.shows(finding);
    let findings = report.findings.iter();
    let width = findings.map(|finding| finding.id.len()).max().unwrap_or(0);
    for (group, findings) in groups(report) {
        let findings: Vec<&&Finding> = findings.iter().filter(shown).collect();
        if findings.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{}", group.title());
        for finding in findings {
            one(&mut text, finding, width, paint);
        }
    }
    let _ = writeln!(text, "\n{}", summary(report));
    text
}

/// The report without colour.
#[must_use]
pub fn plain(report: &Report) -> String {
    human(report, Detail::All, &|_, word| word.to_owned())
}

fn one(text: &mut String, finding: &Finding, width: usize, paint: &dyn Fn(State, &str) -> String) {
    let word = finding.state.name();
    // Coloured text is longer than it looks, so the blanks come after it.
    let blanks = " ".repeat(8usize.saturating_sub(word.len()));
    let word = paint(finding.state, word);
    let _ = writeln!(
        text,
        "  {word}{blanks} {:<width$}  {}",
        finding.id,
        line(&finding.seen)
    );
    let mut below = |name: &str, value: &str| {
        let _ = writeln!(text, "  {:8} {:width$}    {name:<9} {value}", "", "");
    };
    if let Some(state) = finding.ignored {
        below("ignored:", &format!("it would be: {}", state.name()));
    }
    if let Some(took) = finding.slow_ms {
        below("slow:", &format!("the check took {took} ms"));
    }
    if finding.matters() {
        below(
            "required:",
            &format!("{} ({})", line(&finding.required), finding.source),
        );
    }
    for remedy in &finding.remedy {
        below("mend:", &line(remedy));
    }
}

/// The verdict and the counts in a line.
#[must_use]
pub fn summary(report: &Report) -> String {
    let verdict = match report.verdict {
        Verdict::Fit => "fit for Data Flow",
        Verdict::FitWithWarnings => "fit for Data Flow, with warnings",
        Verdict::Unfit => "not fit for Data Flow",
    };
    format!(
        "{} is {verdict} (profile {}): {}",
        line(&report.host),
        report.profile.name(),
        counts(&report.counts)
    )
}

fn counts(counts: &Counts) -> String {
    let many = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let parts = [
        many(counts.error, "error", "errors"),
        many(counts.crashed, "crashed", "crashed"),
        many(counts.warning, "warning", "warnings"),
        many(counts.unknown, "unknown", "unknown"),
        many(counts.note, "note", "notes"),
        many(counts.ignored, "of them ignored", "of them ignored"),
        many(counts.pass, "passed", "passed"),
        many(counts.skipped, "skipped", "skipped"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
