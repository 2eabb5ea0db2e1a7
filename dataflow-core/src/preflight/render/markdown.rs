//! For a page or a ticket: Markdown.

use std::fmt::Write;

use super::{NoReport, groups, human::summary, line};
use crate::preflight::Report;

/// A section for each machine: the report as a table for each group, and the remedies below.
#[must_use]
pub fn markdown<'a>(reports: impl IntoIterator<Item = Result<&'a Report, NoReport>>) -> String {
    let sections = reports.into_iter().map(|report| match report {
        Ok(report) => section(report),
        Err(none) => format!(
            "# Preflight: {}\n\nno report: {}\n",
            cell(&none.name),
            cell(&none.why)
        ),
    });
    sections.collect::<Vec<_>>().join("\n")
}

fn section(report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "# Preflight: {}\n", cell(&report.host));
    let _ = writeln!(
        text,
        "{}\n\n{}",
        cell(&report.machine),
        cell(&summary(report))
    );
    for (group, findings) in groups(report) {
        let _ = writeln!(text, "\n## {}\n", group.title());
        text.push_str(
            "| state | check | seen | required | by |\n| --- | --- | --- | --- | --- |\n",
        );
        for finding in findings {
            let ignored = finding
                .ignored
                .map(|state| format!(" (ignored {})", state.name()));
            let _ = writeln!(
                text,
                "| {}{} | {} `{}` | {} | {} | {} |",
                finding.state.name(),
                ignored.unwrap_or_default(),
                cell(finding.title),
                finding.id,
                cell(&finding.seen),
                cell(&finding.required),
                cell(finding.source)
            );
        }
    }
    let mended = report
        .findings
        .iter()
        .filter(|found| !found.remedy.is_empty());
    for (at, finding) in mended.enumerate() {
        if at == 0 {
            text.push_str("\n## What mends it\n");
        }
        let _ = writeln!(text, "\n{} (`{}`):\n", cell(finding.title), finding.id);
        for remedy in &finding.remedy {
            let _ = writeln!(text, "    {}", line(remedy));
        }
    }
    text
}

/// Text as it is in a cell of a table.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in line(text).chars() {
        if matches!(c, '|' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '\\') {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}
