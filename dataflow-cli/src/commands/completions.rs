//! `dataflow completions`: prints what makes a shell complete this program's words.

use clap_complete::env::Shells;

use crate::{
    args::{CompletionsArgs, Output, Shell},
    completion,
    error::{CliError, Failure},
    exit::ExitStatus,
    printer::Printer,
};

const PROGRAM: &str = "dataflow";

pub(super) fn completions(
    completions: &CompletionsArgs,
    printer: Printer,
) -> Result<ExitStatus, Failure> {
    let shell = match completions.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
    };
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(shell) {
        shell
            .write_registration(completion::VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)
            .map_err(|error| CliError::Runtime(error.to_string()))?;
    }
    let script = String::from_utf8_lossy(&script);
    match printer.output() {
        Output::Human => printer.result(script.trim()),
        Output::Json => printer.json_result(
            None,
            &Script {
                script: script.trim(),
            },
        ),
    }
    Ok(ExitStatus::Success)
}

#[derive(serde::Serialize)]
struct Script<'a> {
    script: &'a str,
}
