//! `lab shell HOST`.

use std::io::IsTerminal;

use clap::ValueEnum;

use super::{pbx, registry, server};
use crate::docker::docker;
use crate::failure::Result;
use crate::process;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Machine {
    /// The server that is deployed to
    Dataflow,
    /// The PBX
    Pbx,
    /// The registry
    Registry,
}

pub(super) fn shell(machine: Machine) -> Result<()> {
    let container = match machine {
        Machine::Dataflow => server::CONTAINER,
        Machine::Pbx => pbx::CONTAINER,
        Machine::Registry => registry::CONTAINER,
    };
    let mut command = docker();
    command.args(["exec", "--interactive", "--workdir", "/root"]);
    // Without a terminal it runs the commands that it reads.
    if std::io::stdin().is_terminal() {
        command.arg("--tty");
    }
    process::run(command.args([container, "bash", "-l"]))
}
