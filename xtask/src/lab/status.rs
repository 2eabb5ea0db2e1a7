//! `lab status`: what is running and where.

use super::{container, files, network, pbx, registry, server};
use crate::docker::{self, docker};
use crate::failure::Result;
use crate::{process, say};

pub(super) fn status() -> Result<()> {
    if process::find("docker").is_none() || !docker::answers() {
        say::line("the lab is down: no Docker Engine answers on this machine");
        return Ok(());
    }
    for (what, name, address) in [
        ("server", server::CONTAINER, network::SERVER),
        ("PBX", pbx::CONTAINER, network::PBX),
        ("registry", registry::CONTAINER, network::REGISTRY),
    ] {
        let state = container::state_in_a_word(name);
        say::line(format!(
            "{what:10} {address:15} {state:10} container {name}"
        ));
    }
    if container::state_in_a_word(server::CONTAINER) == "running" {
        let format = "table {{.Names}}\t{{.Image}}\t{{.Status}}";
        say::line("\non the server:");
        say::line(
            process::capture(
                server::in_server().args(["docker", "ps", "--all", "--format", format]),
            )?
            .trim_end(),
        );
        let known_hosts = files::known_hosts();
        let key = files::secrets().join("id_ed25519");
        say::line("\nsign in with:");
        say::line(format!(
            "ssh -i {} -o UserKnownHostsFile={} ubuntu@{}",
            key.display(),
            known_hosts.display(),
            network::SERVER
        ));
    }
    let kept = process::capture(docker().args(["image", "ls", "--quiet", "dataflow-lab/*"]))?;
    say::line(format!(
        "\nimages kept in this machine's engine: {}",
        kept.lines().count()
    ));
    Ok(())
}
