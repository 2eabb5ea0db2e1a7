//! `lab reset`: the server as if nothing had ever been deployed to it.

use super::server;
use crate::failure::Result;
use crate::{process, say};

const SCRIPT: &str = include_str!("../../lab/reset.sh");

/// Removes containers, volumes and data from the server; with `images` also the images it has pulled.
pub(crate) fn reset(images: bool) -> Result<()> {
    let what = if images { "images" } else { "" };
    process::capture(server::in_server().args(["sh", "-c", SCRIPT, "reset.sh", what]))?;
    say::line("the server has nothing on it");
    Ok(())
}
