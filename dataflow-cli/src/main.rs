//! `dataflow`: deploys a PortSIP Data Flow server and looks after it from the command line.

mod args;
mod args_help;
mod commands;
mod error;
mod exit;
mod log_line;
mod printer;
mod progress;
mod prompt;
mod render;
mod settings;
mod sign_in;
mod table;
mod usage;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::Cli,
    error::{CliError, Failure},
    exit::ExitStatus,
    printer::Printer,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error),
    };
    let printer = Printer::new(&cli.global);
    match run(&cli, printer) {
        Ok(status) => status,
        Err(Failure(error)) => {
            printer.error(&*error);
            ExitStatus::from(error.kind())
        }
    }
    .into()
}

fn run(cli: &Cli, printer: Printer) -> Result<ExitStatus, Failure> {
    let settings = settings::load(cli, &printer)?;
    // One thread is enough for one server, and starts quicker than many.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Runtime(error.to_string()))?;
    runtime.block_on(commands::dispatch(cli, settings, printer))
}
