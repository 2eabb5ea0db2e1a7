//! The one place that writes.

use std::io::Write;

use dataflow_core::preflight::{
    self, Report, State,
    render::{self, Detail},
};
use owo_colors::OwoColorize;

use crate::{
    args::{Args, Output},
    error::Failure,
};

/// The report in the form that was asked for.
pub(crate) fn report(report: &Report, args: &Args) -> Result<(), Failure> {
    let text = match args.output {
        Output::Human => {
            let detail = if args.quiet {
                Detail::WhatMatters
            } else {
                Detail::All
            };
            render::human(report, detail, &paint)
        }
        Output::Json => serde_json::to_string_pretty(report)
            .map(|text| format!("{text}\n"))
            .map_err(|error| Failure::Render(error.to_string()))?,
        Output::Junit => render::junit([Ok(report)]),
        Output::Markdown => render::markdown([Ok(report)]),
    };
    print(&text);
    Ok(())
}

/// What a check is for and how it judges; of all of them, one line each.
pub(crate) fn explanation(id: &str) -> Result<(), Failure> {
    if id == "all" {
        let lines: String = preflight::all()
            .map(|check| format!("{:<26} {}: {}\n", check.id, check.title, check.required))
            .collect();
        print(&lines);
    } else {
        print(&format!("{}\n", preflight::find(id)?));
    }
    Ok(())
}

/// Why there is no report.
pub(crate) fn failure(failure: &Failure) {
    let mut out = anstream::stderr();
    let _ = writeln!(out, "{} {failure}", "error:".red().bold());
    if let Some(next) = failure.next_step() {
        let _ = writeln!(out, "{} {next}", "next:".bold());
    }
}

/// The word for a state, coloured where the terminal takes it.
fn paint(state: State, word: &str) -> String {
    match state {
        State::Pass => word.green().to_string(),
        State::Note | State::Skipped => word.dimmed().to_string(),
        State::Unknown | State::Warning => word.yellow().to_string(),
        State::Error | State::Crashed => word.red().bold().to_string(),
    }
}

fn print(text: &str) {
    // A reader that went away is no error of ours.
    let _ = write!(anstream::stdout(), "{text}");
}
