//! How a plan is shown: the same in `plan` and before a question.

use std::fmt::Write;

use dataflow_core::lifecycle::{Change, PlanSummary, StepSummary};
use owo_colors::{OwoColorize, Style};

use crate::width;

/// What changes, what is done for it and why, and what is expected to follow. Lines that would be wider than `limit` are
/// broken where that keeps them readable.
pub(crate) fn text(plan: &PlanSummary, limit: Option<usize>) -> String {
    let mut text = String::new();
    if !plan.changed_settings.is_empty() {
        text.push_str("changed since the last deployment:\n");
        changes(&mut text, &plan.changed_settings, "  ", limit);
        text.push('\n');
    }
    let digits = (plan.steps.len() + plan.forecast.len()).to_string().len();
    for (number, step) in (1..).zip(&plan.steps) {
        show(&mut text, number, digits, step, limit);
    }
    if !plan.forecast.is_empty() {
        text.push_str("\nthen, when the images are there:\n");
        for (number, step) in (plan.steps.len() + 1..).zip(&plan.forecast) {
            show(&mut text, number, digits, step, limit);
        }
    }
    if let Some(outage) = &plan.outage {
        let _ = writeln!(text, "\noutage: {}", outage.yellow());
    }
    text
}

/// How many steps there are, in words.
pub(crate) fn count(plan: &PlanSummary) -> String {
    let steps = match plan.steps.len() {
        0 => "nothing to do".to_owned(),
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    };
    match plan.forecast.len() {
        0 => steps,
        more => format!("{steps}, and then {more} more"),
    }
}

fn show(text: &mut String, number: usize, digits: usize, step: &StepSummary, limit: Option<usize>) {
    let _ = writeln!(text, "{number:>digits$}. {}", step.what.bold());
    let indent = " ".repeat(digits + 4);
    // What the labels take, with the space after them.
    let hanging = " ".repeat(digits + 10);
    let room = limit.map(|limit| limit.saturating_sub(hanging.len()));
    let mut more = |label: &str, said: &str, style: Style| {
        let label = format!("{:<5}", format!("{label}:"));
        for (number, line) in width::wrapped(said, room).iter().enumerate() {
            let line = line.style(style);
            let _ = match number {
                0 => writeln!(text, "{indent}{} {line}", label.dimmed()),
                _ => writeln!(text, "{hanging}{line}"),
            };
        }
    };
    more("why", &step.why, Style::new());
    if let Some(risk) = step.risk {
        more("risk", risk, Style::new().yellow());
    }
    if let Some(undo) = &step.undo {
        more("undo", undo, Style::new());
    }
    if let Some(settled) = &step.settles {
        more(
            "undo",
            &format!("none: from here on there is no way back to the {settled} of before"),
            Style::new().yellow(),
        );
    }
    changes(text, &step.changes, &indent, limit);
}

/// A line for each: `~` changes, `+` is set anew, `-` goes.
fn changes(text: &mut String, changes: &[Change], indent: &str, limit: Option<usize>) {
    let name = changes
        .iter()
        .map(|change| width::of(&change.setting))
        .max()
        .unwrap_or_default();
    // Where every setting changes, the arrows stand below each other.
    let both: Vec<usize> = changes
        .iter()
        .filter(|change| change.wanted.is_some())
        .filter_map(|change| change.now.as_deref())
        .map(width::of)
        .collect();
    let column = both.iter().copied().max().unwrap_or_default();
    for change in changes {
        let setting = width::padded(&change.setting, name);
        let _ = match (&change.now, &change.wanted) {
            (Some(now), Some(wanted)) => {
                let whole = width::of(indent) + 4 + name + column + 3 + width::of(wanted);
                let mark = "~".yellow().to_string();
                if limit.is_some_and(|limit| whole > limit) {
                    let under = " ".repeat(name + 2);
                    writeln!(
                        text,
                        "{indent}{mark} {setting}  {now}\n{indent}{under}→ {wanted}"
                    )
                } else {
                    let now = width::padded(now, column);
                    writeln!(text, "{indent}{mark} {setting}  {now} → {wanted}")
                }
            }
            (None, Some(wanted)) => {
                writeln!(text, "{indent}{} {setting}  {wanted}", "+".green())
            }
            (Some(now), None) => writeln!(text, "{indent}{} {setting}  {now}", "-".red()),
            (None, None) => writeln!(
                text,
                "{indent}{} {setting}  (differs; not shown)",
                "~".yellow()
            ),
        };
    }
}

#[cfg(test)]
#[path = "plan_view_tests.rs"]
mod tests;
