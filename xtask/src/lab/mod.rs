//! The lab: a real server to deploy to (systemd, sshd, Docker), a registry to pull from and a PBX, as containers on this machine.
//!
//! All it starts carries the label `dataflow.lab=1`. Every checkout of this workspace uses the same lab: what was generated for it
//! (keys, passwords) is kept in its registry container, and each checkout takes its own copy into `target/lab`.

mod container;
mod description;
mod files;
mod http;
mod images;
mod network;
mod pbx;
mod program;
mod registry;
mod reset;
mod roots;
mod secrets;
mod server;
mod shell;
mod status;
mod take_down;

use std::fs::File;
use std::time::Instant;

use clap::Subcommand;

use crate::failure::{Context, Result};
use crate::{docker, packages, say};

use container::Outdated;
pub(crate) use files::{directory, settings_file, workspace};
pub(crate) use network::{REGISTRY, SERVER};
pub(crate) use reset::reset;
pub(crate) use server::{in_server, in_server_reading};
pub(crate) use take_down::take_down;

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Bring the lab up; does nothing where it is up
    Up {
        /// Make machines again that are of another state of xtask/lab; what was on them is lost
        #[arg(long)]
        renew: bool,
    },
    /// Take away all that the lab started; images stay for the next time
    Down {
        /// Remove the lab's images too
        #[arg(long)]
        purge: bool,
    },
    /// Bring the server back to having nothing (no containers, no volumes, no data), and the PBX to what was done there by hand
    Reset {
        /// Remove the server's images too, so that the next deploy pulls them
        #[arg(long)]
        images: bool,
    },
    /// Show what is running and where
    Status,
    /// A root shell in one of the lab's machines
    Shell {
        /// Which one
        host: shell::Machine,
    },
}

/// The label on every container, network and volume of the lab.
const LABEL: &str = "dataflow.lab=1";

pub(crate) fn main(verb: &Verb) -> Result<()> {
    match verb {
        Verb::Up { renew: false } => up(),
        Verb::Up { renew: true } => up_with(Outdated::Renew),
        Verb::Down { purge } => take_down(*purge),
        Verb::Reset { images } => reset(*images),
        Verb::Status => status::status(),
        Verb::Shell { host } => shell::shell(*host),
    }
}

/// Brings the lab up, or finds that it is.
pub(crate) fn up() -> Result<()> {
    up_with(Outdated::Keep)
}

fn up_with(outdated: Outdated) -> Result<()> {
    let start = Instant::now();
    let _lock = lock()?;
    packages::ensure()?;
    docker::ensure()?;
    let images = images::ensure()?;
    network::ensure()?;
    secrets::ensure()?;
    registry::ensure(&images, outdated)?;
    pbx::ensure(&images, outdated)?;
    server::ensure(&images, outdated)?;
    description::write()?;
    say::line(format!(
        "the lab is up: server {} (users pbx, ubuntu, plain, root), PBX {}, registry {}; described in {} ({:.1} s)",
        network::SERVER,
        network::PBX,
        network::REGISTRY,
        directory().join("lab.json").display(),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// One `up` or `down` at a time on this machine, whichever checkout it is started from. Held until dropped.
fn lock() -> Result<File> {
    let path = std::env::temp_dir().join("dataflow-lab.lock");
    // Opened before it is created: creating over another user's file is refused in a directory like /tmp.
    let file = File::open(&path)
        .or_else(|_| File::create(&path))
        .context(path.display())?;
    if file.try_lock().is_err() {
        say::line("waiting for another `lab up` or `lab down` on this machine");
        file.lock().context(path.display())?;
    }
    Ok(file)
}
