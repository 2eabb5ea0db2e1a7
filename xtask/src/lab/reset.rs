//! `lab reset`: the server as if nothing had ever been deployed to it, and the PBX as it was then.

use super::{pbx, server};
use crate::failure::Result;
use crate::{process, say};

const SCRIPT: &str = include_str!("../../lab/reset.sh");

/// Removes containers, volumes and data from the server; with `images` also the images it has pulled. The PBX is left with what an
/// administrator does by hand.
pub(crate) fn reset(images: bool) -> Result<()> {
    let what = if images { "images" } else { "" };
    process::capture(server::in_server().args(["sh", "-c", SCRIPT, "reset.sh", what]))?;
    pbx::reset()?;
    say::line("the server has nothing on it");
    Ok(())
}
