//! A report as text: for people, for CI, for a page.

mod human;
mod junit;
mod markdown;

pub use human::{Detail, human, plain, summary};
pub use junit::junit;
pub use markdown::markdown;

use super::{Group, Report};

/// A machine of which there is no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoReport {
    /// What it is called.
    pub name: String,
    /// Why there is none.
    pub why: String,
}

/// Text that a machine may have had a hand in, on one line.
fn line(text: &str) -> String {
    // Recorded facts may hold anything, so this does not rely on how they were read.
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The findings by group, in the order of the report.
fn groups(report: &Report) -> Vec<(Group, Vec<&super::Finding>)> {
    let mut groups: Vec<(Group, Vec<&super::Finding>)> = Vec::new();
    for finding in &report.findings {
        match groups.last_mut() {
            Some((group, findings)) if *group == finding.group => findings.push(finding),
            _ => groups.push((finding.group, vec![finding])),
        }
    }
    groups
}
