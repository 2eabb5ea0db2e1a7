//! `dataflow`: deploys a PortSIP Data Flow server and looks after it from the command line.

mod args;
mod args_help;
mod commands;
mod completion;
mod error;
mod exit;
mod json;
mod log_line;
mod pbx_sign_in;
mod plan_view;
mod printer;
mod progress;
mod prompt;
mod render;
mod secret_file;
mod settings;
mod sign_in;
mod table;
mod usage;
mod width;

use std::process::ExitCode;

use clap::Parser;

use crate::{args::Cli, error::Failure, exit::ExitStatus, printer::Printer};

fn main() -> ExitCode {
    if completion::is_answered() {
        return ExitCode::SUCCESS;
    }
    usage::set_colors();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(error),
    };
    let printer = Printer::new(&cli);
    match commands::dispatch(&cli, printer) {
        Ok(status) => status,
        Err(Failure(error)) => {
            printer.error(&*error);
            ExitStatus::from(error.kind())
        }
    }
    .into()
}
