//! `lab shell HOST`.

use clap::ValueEnum;

use super::{registry, server};
use crate::docker::docker;
use crate::failure::Result;
use crate::process;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Machine {
    /// The server that is deployed to
    Dataflow,
    /// The registry
    Registry,
}

pub(super) fn shell(machine: Machine) -> Result<()> {
    let (container, program) = match machine {
        Machine::Dataflow => (server::CONTAINER, ["bash", "-l"]),
        Machine::Registry => (registry::CONTAINER, ["bash", "-l"]),
    };
    process::run(
        docker()
            .args([
                "exec",
                "--interactive",
                "--tty",
                "--workdir",
                "/root",
                container,
            ])
            .args(program),
    )
}
