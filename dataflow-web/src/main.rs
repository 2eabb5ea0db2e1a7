//! `dataflow-web`: shows Data Flow servers, and works on them, in a browser.

mod account;
mod api;
mod app;
mod args;
mod assets;
mod ending;
mod fleet;
mod guard;
mod live;
mod metrics;
mod names;
mod pages;
mod panel;
mod refusal;
mod runs;
mod say;
mod serve;
mod start;
#[cfg(test)]
mod tests;
mod tidy;
mod tls;
mod unit;

use std::process::ExitCode;

use clap::Parser;
use dataflow_core::Kind;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    if let Some(args::Verb::Unit) = cli.verb {
        say::result(&unit::text(&cli.serve));
        return ExitCode::SUCCESS;
    }
    match start::run(&cli.serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::line(&format!("error: {error}"));
            // As those of dataflow.
            ExitCode::from(if error.kind() == Kind::Usage { 2 } else { 1 })
        }
    }
}
