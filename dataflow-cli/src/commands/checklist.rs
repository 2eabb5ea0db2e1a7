//! How a checklist is shown: the same wherever one is.

use std::fmt::Write;

use dataflow_core::prerequisites::{Prerequisite, State};
use owo_colors::OwoColorize;

use super::several::{self, Answer};
use crate::{exit::ExitStatus, table, width};

/// Each item with what was seen, and below it what to do.
pub(super) fn items(items: &[Prerequisite], limit: Option<usize>) -> String {
    let state = |item: &Prerequisite| item.state.word();
    let widest = |of: fn(&Prerequisite) -> usize| items.iter().map(of).max().unwrap_or_default();
    let (states, ids) = (
        widest(|item| item.state.word().len()),
        widest(|item| item.id.len()),
    );
    let mut text = String::new();
    for item in items {
        // Coloured text is longer than it looks, so the blanks come after it.
        let blanks = " ".repeat(states - state(item).len());
        let _ = writeln!(
            text,
            "{}{blanks}  {:<ids$}  {}",
            paint(item.state),
            item.id,
            item.seen
        );
        let indent = " ".repeat(states + 2);
        let room = limit.map(|limit| limit.saturating_sub(indent.len() + 2));
        for step in &item.remedy {
            for (number, line) in width::wrapped(step, room).iter().enumerate() {
                let mark = if number == 0 { "- " } else { "  " };
                let _ = writeln!(text, "{indent}{mark}{line}");
            }
        }
    }
    text
}

/// For those who look at more than this: a table where anything is to be done, else a line.
pub(super) fn in_short(items: &[Prerequisite], limit: Option<usize>) -> String {
    let in_order = |item: &Prerequisite| matches!(item.state, State::Ok | State::NotChecked);
    if !items.iter().all(in_order) {
        let head = ["PREREQUISITE", "STATE", "SEEN"].map(str::to_owned);
        let row = |item: &Prerequisite| {
            let state = item.state.word().to_owned();
            [item.id.to_owned(), state, item.seen.clone()]
        };
        return table::lines(std::iter::once(head).chain(items.iter().map(row)), limit);
    }
    match items.first() {
        None => String::new(),
        Some(first) if items.iter().all(|item| item.state == State::NotChecked) => {
            format!("prerequisites are not checked: {}\n", first.seen)
        }
        Some(_) => format!("prerequisites: {}\n", summary(items)),
    }
}

/// A line for each server, and then what is not as it must be of each.
pub(super) fn overview<T>(
    answers: &[Answer<T>],
    of: impl Fn(&T) -> &[Prerequisite],
    limit: Option<usize>,
) -> String {
    let head = ["NAME", "PREREQUISITES"].map(str::to_owned);
    let row = |answer: &Answer<T>| {
        let said = match &answer.result {
            Ok(result) => summary(of(result)),
            Err(failure) => several::word(failure).to_owned(),
        };
        [answer.name.clone(), said]
    };
    let mut text = table::lines(std::iter::once(head).chain(answers.iter().map(row)), limit);
    for answer in answers {
        let Ok(result) = &answer.result else {
            continue;
        };
        let bad: Vec<Prerequisite> = of(result)
            .iter()
            .filter(|item| !matches!(item.state, State::Ok | State::NotChecked))
            .cloned()
            .collect();
        if !bad.is_empty() {
            let _ = write!(text, "\n{}\n{}", answer.name.bold(), items(&bad, limit));
        }
    }
    text
}

/// How many there are of each state.
pub(super) fn summary(items: &[Prerequisite]) -> String {
    let parts = [
        State::Missing,
        State::Wrong,
        State::Expiring,
        State::Ok,
        State::NotChecked,
    ]
    .into_iter()
    .filter_map(
        |state| match items.iter().filter(|item| item.state == state).count() {
            0 => None,
            count => Some(format!("{count} {}", state.word())),
        },
    );
    let text = parts.collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        "none".to_owned()
    } else {
        text
    }
}

/// What a checklist comes to as an exit code: what was not looked at does not count.
pub(super) fn status(items: &[Prerequisite]) -> ExitStatus {
    if items.iter().any(|item| item.state.is_bad()) {
        ExitStatus::Precondition
    } else {
        ExitStatus::Success
    }
}

/// The word for a state, coloured where the terminal takes it.
fn paint(state: State) -> String {
    let word = state.word();
    match state {
        State::Ok => word.green().to_string(),
        State::NotChecked | State::Expiring => word.yellow().to_string(),
        State::Missing | State::Wrong => word.red().bold().to_string(),
    }
}

/// A list of Markdown to tick off, with the steps below each item.
pub(super) fn markdown(items: &[Prerequisite]) -> String {
    let mut text = String::new();
    for item in items {
        let done = if item.state == State::Ok { 'x' } else { ' ' };
        let _ = writeln!(
            text,
            "- [{done}] {} (`{}`): {}: {}",
            markdown_text(item.title),
            item.id,
            item.state.word(),
            markdown_text(&item.seen)
        );
        for step in &item.remedy {
            let _ = writeln!(text, "    - {}", markdown_text(step));
        }
    }
    text
}

/// Text that Markdown shows as it is, on one line.
pub(super) fn markdown_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '`' | '*' | '_' | '<' | '>' | '[' | ']' | '\\') {
            shown.push('\\');
        }
        shown.push(if c.is_control() { ' ' } else { c });
    }
    shown
}
