//! The only place that writes to standard output and standard error.
//!
//! Results go to standard output; progress, warnings and errors to standard error, except that with `--output json`
//! an error is the result. A reader that went away is no error of ours, so failed writes are passed over.

use std::io::Write;

use dataflow_core::Explain;
use owo_colors::OwoColorize;
use serde::Serialize;

use crate::{
    args::{Global, Output},
    render,
};

/// Writes what the program has to say in the form that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    output: Output,
    quiet: bool,
    verbose: bool,
}

impl Printer {
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            output: global.output,
            quiet: global.quiet,
            verbose: global.verbose,
        }
    }

    /// The form that was asked for.
    pub(crate) fn output(self) -> Output {
        self.output
    }

    /// Whether progress is shown to people.
    pub(crate) fn is_chatty(self) -> bool {
        !self.quiet && self.output == Output::Human
    }

    /// For errors before the flags are known.
    pub(crate) fn bare(output: Output) -> Self {
        Self {
            output,
            quiet: false,
            verbose: false,
        }
    }

    /// A result for people.
    pub(crate) fn result(&self, text: &str) {
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// One of many lines of a result; unlike elsewhere, it counts whether anybody still reads.
    pub(crate) fn line(&self, text: &str) -> std::io::Result<()> {
        writeln!(anstream::stdout(), "{text}")
    }

    /// The same for programs.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> std::io::Result<()> {
        self.line(&serde_json::to_string(value)?)
    }

    /// A result for programs: one JSON value.
    pub(crate) fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(value) {
            let _ = writeln!(anstream::stdout(), "{text}");
        }
    }

    /// What happens meanwhile, unless `-q`.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// More about what happens, with `-v`.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// Something that the operator should change.
    pub(crate) fn warn(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{} {text}", "warning:".yellow().bold());
    }

    /// An error.
    pub(crate) fn error(&self, error: &dyn Explain) {
        match self.output {
            Output::Human => {
                let _ = write!(anstream::stderr(), "{}", render::human(error));
            }
            Output::Json => self.json(&render::json(error)),
        }
    }
}
