//! The registry: 5000 open, 5001 behind a password, 443 in the place of Docker Hub; one storage behind all three.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::images::{self, Ids};
use super::{LABEL, files, network, secrets};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, say, wait};

pub(super) const CONTAINER: &str = "dataflow-lab-registry";
const VOLUME: &str = "dataflow-lab-registry";
/// The name that signs in on port 5001.
pub(super) const USER: &str = "lab";
/// Which image id was pushed under which name, one a line; kept beside what was pushed.
const RECORD: &str = "/var/lib/registry/pushed";

pub(super) fn exists() -> bool {
    process::succeeds(docker().args(["container", "inspect", CONTAINER]))
}

/// Brings the registry up with every published image in it.
pub(super) fn ensure(images: &Ids) -> Result<()> {
    let state = super::server::state(CONTAINER);
    let current = images.get("dataflow-lab/registry:latest");
    match state {
        Some(state) if Some(&state.image) == current => {
            if !state.running {
                process::capture(docker().args(["start", CONTAINER]))?;
            }
        }
        Some(_) => {
            say::line("the registry's image is a new one: making the registry again");
            process::capture(docker().args(["rm", "--force", CONTAINER]))?;
            create()?;
        }
        None => create()?,
    }
    wait::until("the registry", Duration::from_secs(30), || {
        answers().then_some(())
    })?;
    publish(images)
}

fn create() -> Result<()> {
    say::line(format!("starting the registry at {}", network::REGISTRY));
    process::capture(docker().args(["volume", "create", "--label", LABEL, VOLUME]))?;
    let mut command = docker();
    command.args([
        "create",
        "--name",
        CONTAINER,
        "--hostname",
        "registry",
        "--label",
        LABEL,
        "--restart",
        "unless-stopped",
    ]);
    command.args([
        "--network",
        network::NAME,
        "--ip",
        network::REGISTRY,
        "--volume",
        &format!("{VOLUME}:/var/lib/registry"),
    ]);
    // This machine's engine pushes over loopback, the one place where it accepts plain HTTP unasked.
    command.args(["--publish", "127.0.0.1::5000", "dataflow-lab/registry"]);
    process::capture(&mut command)?;
    let from = format!("{}/.", files::secrets().display());
    process::capture(docker().args([
        "cp",
        &from,
        &format!("{CONTAINER}:{}", secrets::KEPT_IN_REGISTRY),
    ]))?;
    process::capture(docker().args(["start", CONTAINER])).map(drop)
}

fn answers() -> bool {
    // Plain HTTP/1.0: the answer ends with the connection.
    let ask = || -> std::io::Result<String> {
        let address: SocketAddr = format!("{}:5000", network::REGISTRY)
            .parse()
            .map_err(std::io::Error::other)?;
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /v2/ HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| {
        answer
            .lines()
            .next()
            .is_some_and(|status| status.contains(" 200 "))
    })
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
