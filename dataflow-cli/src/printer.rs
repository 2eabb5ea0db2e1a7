//! The only place that writes to standard output and standard error.
//!
//! Results go to standard output; progress, warnings and errors to standard error, except that with `--output json`
//! an error is the result. A reader that went away is no error of ours, so failed writes are passed over.

use std::io::Write;

use dataflow_core::Explain;
use owo_colors::OwoColorize;
use serde::Serialize;

use crate::{
    args::{Cli, Output},
    json::{self, Line},
    render,
};

/// Writes what the program has to say in the form that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    output: Output,
    /// The verb, once the command line is understood.
    verb: Option<&'static str>,
    quiet: bool,
    verbose: bool,
}

impl Printer {
    pub(crate) fn new(cli: &Cli) -> Self {
        Self {
            output: cli.global.output.output(),
            verb: Some(cli.verb.name()),
            quiet: cli.global.quiet,
            verbose: cli.global.verbose,
        }
    }

    /// For errors before the flags are known.
    pub(crate) fn bare(output: Output) -> Self {
        Self {
            output,
            verb: None,
            quiet: false,
            verbose: false,
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

    /// Whether more is shown than usual.
    pub(crate) fn is_verbose(self) -> bool {
        self.verbose
    }

    /// A result for people.
    pub(crate) fn result(self, text: &str) {
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// One of many lines of a result; unlike elsewhere, it counts whether anybody still reads.
    pub(crate) fn line(self, text: &str) -> std::io::Result<()> {
        writeln!(anstream::stdout(), "{text}")
    }

    /// The same for programs.
    pub(crate) fn json_line(self, name: Option<&str>, body: impl Serialize) -> std::io::Result<()> {
        self.line(&serde_json::to_string(&self.of(name, body))?)
    }

    /// A result for programs; `name` is the server's in the settings file.
    pub(crate) fn json_result(self, name: Option<&str>, result: &impl Serialize) {
        self.json(name, json::Result { result });
    }

    /// Something that happens, for programs.
    pub(crate) fn json_event(self, name: Option<&str>, event: &impl Serialize) {
        self.json(name, event);
    }

    fn json(self, name: Option<&str>, body: impl Serialize) {
        if let Ok(text) = serde_json::to_string(&self.of(name, body)) {
            let _ = self.line(&text);
        }
    }

    fn of<'a, B>(self, name: Option<&'a str>, body: B) -> Line<'a, B> {
        Line {
            schema: json::SCHEMA,
            verb: self.verb,
            name,
            body,
        }
    }

    /// What happens meanwhile, unless `-q`.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// More about what happens, with `-v`.
    pub(crate) fn detail(self, text: &str) {
        if self.verbose {
            let _ = writeln!(anstream::stderr(), "{text}");
        }
    }

    /// What a question is about: shown in any case.
    pub(crate) fn before_question(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Something that the operator should change.
    pub(crate) fn warn(self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{} {text}", "warning:".yellow().bold());
    }

    /// An error.
    pub(crate) fn error(self, error: &dyn Explain) {
        self.error_of(None, error);
    }

    /// An error about the server of this name.
    pub(crate) fn error_of(self, name: Option<&str>, error: &dyn Explain) {
        match self.output {
            Output::Human => {
                let _ = write!(anstream::stderr(), "{}", render::human(name, error));
            }
            Output::Json => self.json(name, json::error(error)),
        }
    }
}
