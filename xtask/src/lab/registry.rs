//! The registry: 5000 open, 5001 behind a password, 443 in the place of Docker Hub; one storage behind all three.

use std::time::Duration;

use super::container::Outdated;
use super::images::{self, Ids};
use super::{LABEL, container, files, http, network, secrets};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, say, wait};

pub(super) const CONTAINER: &str = "dataflow-lab-registry";
const VOLUME: &str = "dataflow-lab-registry";
const IMAGE: &str = "dataflow-lab/registry";
/// The name that signs in on port 5001.
pub(super) const USER: &str = "lab";
/// Which image id was pushed under which name, one a line; kept beside what was pushed.
const RECORD: &str = "/var/lib/registry/pushed";

/// Brings the registry up with every published image in it.
pub(super) fn ensure(images: &Ids, outdated: Outdated) -> Result<()> {
    container::ensure(CONTAINER, IMAGE, images, outdated, make)?;
    wait::until("the registry", Duration::from_secs(30), || {
        answers().then_some(())
    })?;
    publish(images)
}

fn make() -> Result<()> {
    process::capture(docker().args(["volume", "create", "--label", LABEL, VOLUME]))?;
    let storage = format!("{VOLUME}:/var/lib/registry");
    // This machine's engine pushes over loopback, the one place where it accepts plain HTTP unasked.
    let options = [
        "--hostname=registry",
        "--volume",
        &storage,
        "--publish=127.0.0.1::5000",
    ];
    let secrets = files::secrets().join(".");
    container::make(
        CONTAINER,
        network::REGISTRY,
        &options,
        IMAGE,
        &[(&secrets, secrets::KEPT_IN_REGISTRY)],
    )
}

fn answers() -> bool {
    let address = format!("{}:5000", network::REGISTRY);
    http::ask(&address, "GET", "/v2/", "").is_ok()
}

/// Pushes the images that are not there yet, or not in their present state.
fn publish(images: &Ids) -> Result<()> {
    let in_registry =
        |script: &str| process::capture(docker().args(["exec", CONTAINER, "sh", "-c", script]));
    let pushed = in_registry(&format!("cat {RECORD} 2>/dev/null || true"))?;
    let port = process::capture(docker().args(["port", CONTAINER, "5000"]))?;
    let loopback = port
        .lines()
        .next()
        .context("the registry's port is not published")?;
    for (name, published) in images::published() {
        let id = images
            .get(&name)
            .context(format!("image {name} is missing"))?;
        let entry = format!("{published} {id}");
        if pushed.lines().any(|line| line == entry) {
            continue;
        }
        say::line(format!("pushing {published}"));
        let temporary = format!("{loopback}/{published}");
        process::capture(docker().args(["tag", &name, &temporary]))?;
        let push = process::capture(docker().args(["push", "--quiet", &temporary]));
        process::capture(docker().args(["image", "rm", &temporary]))?;
        push?;
        in_registry(&format!(
            "grep -v '^{published} ' {RECORD} >{RECORD}.new; echo '{entry}' >>{RECORD}.new; mv {RECORD}.new {RECORD}"
        ))?;
    }
    Ok(())
}

/// The certificate under which it stands in for Docker Hub, as a PEM text.
pub(super) fn certificate() -> Result<String> {
    let path = format!("{}/hub.crt", secrets::KEPT_IN_REGISTRY);
    process::capture(docker().args(["exec", CONTAINER, "cat", &path]))
}
