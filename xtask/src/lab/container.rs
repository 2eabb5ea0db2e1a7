//! The lab's containers: one of each name, made from the present image, or left alone.

use std::path::Path;

use super::images::Ids;
use super::{LABEL, network};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, say};

/// What the engine says of a container.
struct State {
    /// Image id.
    image: String,
    running: bool,
}

/// What to do with a container that was made from another state of its image.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outdated {
    /// Leave it: another checkout may be using it right now.
    Keep,
    /// Make it again; what was on it is lost.
    Renew,
}

/// Brings `name` up: starts it where it is stopped, makes it where it is missing.
pub(super) fn ensure(
    name: &str,
    image: &str,
    images: &Ids,
    outdated: Outdated,
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let wanted = images
        .get(&format!("{image}:latest"))
        .context(format!("image {image} is missing"))?;
    let state = state(name);
    let is_other = state.as_ref().is_some_and(|state| state.image != *wanted);
    if is_other && outdated == Outdated::Keep {
        say::line(format!(
            "{name} was made from another state of its image and is kept, since others may be using it; \
             `cargo xtask lab up --renew` makes it again"
        ));
    }
    match state {
        Some(_) if is_other && outdated == Outdated::Renew => {
            say::line(format!(
                "{name} was made from another state of its image: making it again"
            ));
            process::capture(docker().args(["rm", "--force", "--volumes", name]))?;
            make()?;
        }
        Some(state) if state.running => return Ok(()),
        Some(_) => {}
        None => make()?,
    }
    say::line(format!("starting {name}"));
    process::capture(docker().args(["start", name])).map(drop)
}

/// Makes a container at `address` with `copies` (a file or directory here, its place there) in it. It takes its name last: what has
/// the name is complete, also where making it was cut short.
pub(super) fn make(
    name: &str,
    address: &str,
    options: &[&str],
    image: &str,
    copies: &[(&Path, &str)],
) -> Result<()> {
    let unfinished = format!("{name}-unfinished");
    process::succeeds(docker().args(["rm", "--force", "--volumes", &unfinished]));
    let mut command = docker();
    command.args([
        "create",
        "--name",
        &unfinished,
        "--label",
        LABEL,
        "--restart",
        "unless-stopped",
    ]);
    command
        .args(["--network", network::NAME, "--ip", address])
        .args(options)
        .arg(image);
    process::capture(&mut command)?;
    for (from, to) in copies {
        process::capture(
            docker()
                .arg("cp")
                .arg(from)
                .arg(format!("{unfinished}:{to}")),
        )?;
    }
    process::capture(docker().args(["rename", &unfinished, name])).map(drop)
}

pub(super) fn exists(name: &str) -> bool {
    state(name).is_some()
}

/// In a word, for people.
pub(super) fn state_in_a_word(name: &str) -> &'static str {
    match state(name) {
        Some(State { running: true, .. }) => "running",
        Some(_) => "stopped",
        None => "not there",
    }
}

fn state(name: &str) -> Option<State> {
    let format = "{{.Image}} {{.State.Running}}";
    let text =
        process::capture(docker().args(["container", "inspect", "--format", format, name])).ok()?;
    let (image, running) = text.trim().split_once(' ')?;
    Some(State {
        image: image.to_owned(),
        running: running == "true",
    })
}
