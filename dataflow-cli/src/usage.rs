//! What is reported when the command line makes no sense, and where help and version are shown.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use dataflow_core::{Explain, Kind, host::without_password};

use crate::{args::Output, exit::ExitStatus, printer::Printer};
use std::process::ExitCode;

/// Shows help, version, or what is wrong with the command line; with `--output json` the error is JSON as all others are.
pub(crate) fn report(mut error: clap::Error) -> ExitCode {
    if let (Some(ContextValue::String(flag)), Some(ContextValue::String(given))) = (
        error.get(ContextKind::InvalidArg),
        error.get(ContextKind::InvalidValue),
    ) && ["--host ", "--jump "]
        .iter()
        .any(|known| flag.starts_with(known))
    {
        let given = without_password(given);
        error.insert(ContextKind::InvalidValue, ContextValue::String(given));
    }
    let asked_for = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if wants_json() && !asked_for {
        Printer::bare(Output::Json).error(&UsageError(error.to_string()));
    } else {
        // A reader that went away is no error of ours.
        let _ = error.print();
    }
    if asked_for {
        ExitCode::SUCCESS
    } else {
        ExitStatus::Usage.into()
    }
}

/// Whether JSON was asked for.
fn wants_json() -> bool {
    asked("--output", "json")
}

/// Colours as `--color` has it, before anything is shown; without it `NO_COLOR`, `CLICOLOR` and the terminal decide.
pub(crate) fn set_colors() {
    let choice = if asked("--color", "always") {
        anstream::ColorChoice::Always
    } else if asked("--color", "never") {
        anstream::ColorChoice::Never
    } else {
        anstream::ColorChoice::Auto
    };
    choice.write_global();
}

/// Whether a flag has this value. The flags may not be readable, or not read yet, so this looks at the words themselves.
fn asked(flag: &str, value: &str) -> bool {
    let words: Vec<_> = std::env::args_os().collect();
    words.iter().any(|word| *word == *format!("{flag}={value}"))
        || words
            .windows(2)
            .any(|pair| pair[0] == flag && pair[1] == value)
}

/// A command line that makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{}", first_paragraph(.0))]
struct UsageError(String);

impl Explain for UsageError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn next_step(&self) -> String {
        let tip = self.0.lines().find_map(|line| {
            line.trim()
                .strip_prefix("tip: ")
                .or(line.trim().strip_prefix("next: "))
        });
        tip.unwrap_or("See `dataflow --help`.").to_owned()
    }
}

/// The error itself, without usage and hints.
fn first_paragraph(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|line| !line.is_empty() && !line.trim().starts_with("next: "));
    let text: Vec<&str> = lines.map(str::trim).collect();
    text.join(" ").trim_start_matches("error: ").to_owned()
}
