//! `lab reset`: the server as if nothing had ever been deployed to it.

use super::server;
use crate::failure::Result;
use crate::{process, say};

/// What a deploy leaves on a server, by anyone and under any name.
const RESET: &str = r"
set -eu
docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
docker volume ls --quiet | xargs --no-run-if-empty docker volume rm --force >/dev/null
rm -rf /var/lib/portsip /opt/portsip /var/lib/dataflow /root/.docker /home/*/.docker
";

const RESET_IMAGES: &str = "docker image prune --all --force >/dev/null";

/// Removes containers, volumes and data from the server; with `images` also the images it has pulled.
pub(crate) fn reset(images: bool) -> Result<()> {
    process::capture(server::in_server().args(["sh", "-c", RESET]))?;
    if images {
        process::capture(server::in_server().args(["sh", "-c", RESET_IMAGES]))?;
    }
    say::line("the server has nothing on it");
    Ok(())
}
