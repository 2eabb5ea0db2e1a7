//! For CI: JUnit's XML, one suite for each machine.

use std::fmt::Write;

use crate::preflight::{Report, State};

/// The reports as one document. Errors and crashes are failures; what could not be seen or does not apply is skipped.
#[must_use]
pub fn junit(reports: &[Report]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"preflight\">\n",
    );
    for report in reports {
        suite(&mut text, report);
    }
    text.push_str("</testsuites>\n");
    text
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
