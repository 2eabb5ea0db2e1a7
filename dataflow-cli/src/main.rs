//! `dataflow`: deploys a PortSIP Data Flow server and looks after it from the command line.

mod args;
mod args_help;
#[expect(dead_code, reason = "for the verbs")]
mod connect;
mod error;
mod exit;
mod printer;
#[expect(dead_code, reason = "for the verbs")]
mod prompt;
mod render;
mod settings;
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
    match run(&cli, &printer) {
        Ok(status) => status,
        Err(Failure(error)) => {
            printer.error(&*error);
            ExitStatus::from(error.kind())
        }
    }
    .into()
}

fn run(cli: &Cli, printer: &Printer) -> Result<ExitStatus, Failure> {
    let settings = settings::load(cli, printer)?;
    let _target = settings.target()?;
    if cli.verb.deploy().is_some() {
        let _spec = settings.spec()?;
    }
    Err(CliError::NotInThisBuild {
        verb: cli.verb.name(),
    }
    .into())
}
