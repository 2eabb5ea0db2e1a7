//! For CI: JUnit's XML, one suite for each machine.

use std::fmt::Write;

use super::NoReport;
use crate::preflight::{Report, State};

/// One document with a suite for each machine. Errors are failures; what could not be seen or does not apply is skipped; a machine
/// of which there is no report is an error, as a check that crashed is.
#[must_use]
pub fn junit<'a>(reports: impl IntoIterator<Item = Result<&'a Report, NoReport>>) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"preflight\">\n",
    );
    for report in reports {
        match report {
            Ok(report) => suite(&mut text, report),
            Err(none) => empty(&mut text, &none),
        }
    }
    text.push_str("</testsuites>\n");
    text
}

fn empty(text: &mut String, none: &NoReport) {
    let (name, why) = (escaped(&none.name), escaped(&none.why));
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n    \
         <testcase classname=\"{name}\" name=\"preflight\"><error message=\"{why}\"/></testcase>\n  </testsuite>"
    );
}

fn suite(text: &mut String, report: &Report) {
    let counts = &report.counts;
    let _ = writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        escaped(&report.host),
        report.findings.len(),
        counts.error,
        counts.crashed,
        counts.skipped + counts.unknown
    );
    for finding in &report.findings {
        let seen = escaped(&finding.seen);
        let _ = write!(
            text,
            "    <testcase classname=\"{}\" name=\"{}\"",
            escaped(&report.host),
            finding.id
        );
        let body = match finding.state {
            State::Error => format!(
                "<failure message=\"{seen}\">required: {} ({})\n{}</failure>",
                escaped(&finding.required),
                escaped(finding.source),
                escaped(&finding.remedy.join("\n"))
            ),
            State::Crashed => format!("<error message=\"{seen}\"/>"),
            State::Unknown => format!("<skipped message=\"unknown: {seen}\"/>"),
            State::Skipped => format!("<skipped message=\"{seen}\"/>"),
            State::Pass => {
                text.push_str("/>\n");
                continue;
            }
            State::Note | State::Warning => format!(
                "<system-out>{}: {seen}\nrequired: {}\n{}</system-out>",
                finding.state.name(),
                escaped(&finding.required),
                escaped(&finding.remedy.join("\n"))
            ),
        };
        let _ = writeln!(text, ">{body}</testcase>");
    }
    text.push_str("  </testsuite>\n");
}

/// Text fit for XML: its special characters as entities, and no control characters, which XML can't hold.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push('\n'),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
