//! `cargo xtask …`: what a newcomer needs beyond cargo itself. Sets up the machine, keeps the lab, shows the demo, runs the tests.

mod bench;
mod demo;
mod docker;
mod failure;
mod lab;
mod packages;
mod process;
mod say;
mod screenshots;
mod test;
mod wait;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The lab: a server to deploy to and a registry to pull from, both on this machine
    #[command(subcommand)]
    Lab(lab::Verb),
    /// Deploy onto an empty lab server and show the rows arriving
    Demo {
        /// Take everything away that the demo started
        #[arg(long)]
        down: bool,
    },
    /// Measure on the lab what the program costs, beside its peers; empties the lab's server
    Bench(bench::Options),
    /// Take pictures of every page of the panel, in both themes and three widths, into target/screenshots
    Screenshots {
        /// Only of pages whose names contain this
        only: Option<String>,
    },
    /// Run every test: unit, snapshot, and end to end on the lab
    Test {
        /// Run only tests whose names contain one of these
        filter: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Lab(verb) => lab::main(&verb),
        Task::Demo { down: false } => demo::up(),
        Task::Demo { down: true } => demo::down(),
        Task::Bench(options) => bench::main(&options),
        Task::Screenshots { only } => screenshots::main(only.as_deref()),
        Task::Test { filter } => test::main(&filter),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::error(&failure);
            ExitCode::FAILURE
        }
    }
}
