//! The server that is deployed to: a container that boots systemd, with sshd and a Docker Engine of its own.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use super::images::Ids;
use super::{LABEL, files, network, registry, secrets};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, say, wait};

pub(super) const CONTAINER: &str = "dataflow-lab-server";
/// `/var/lib/docker`: an overlay file system can't lie on another one.
const VOLUME: &str = "dataflow-lab-server-docker";

/// What a machine has and a container has not. `--privileged` would be shorter, and is refused where this machine itself has not
/// all capabilities.
const CAPABILITIES: &[&str] = &[
    "SYS_ADMIN",
    "NET_ADMIN",
    "SYS_PTRACE",
    "NET_RAW",
    "SYS_TIME",
    "SYS_NICE",
    "IPC_LOCK",
    "DAC_READ_SEARCH",
    "LINUX_IMMUTABLE",
    "MKNOD",
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "SYSLOG",
];

/// Gives the accounts their key, and pbx its password. Reads the password and then the key from standard input.
/// Root's key is written last and says that all of it was done.
const ACCOUNTS: &str = r#"
set -eu
read -r password
read -r key
if [ "$(cat /root/.ssh/authorized_keys 2>/dev/null)" = "$key" ]; then exit 0; fi
echo "pbx:$password" | chpasswd
for user in pbx ubuntu plain root; do
    home=$(getent passwd "$user" | cut -d: -f6)
    install -d -m 700 -o "$user" -g "$user" "$home/.ssh"
    echo "$key" > "$home/.ssh/authorized_keys"
    chown "$user:$user" "$home/.ssh/authorized_keys"
    chmod 600 "$home/.ssh/authorized_keys"
done
"#;

/// What the engine says of a container.
pub(super) struct State {
    /// Image id.
    pub(super) image: String,
    pub(super) running: bool,
}

/// The state of a container, if there is one of that name.
pub(super) fn state(container: &str) -> Option<State> {
    let format = "{{.Image}} {{.State.Running}}";
    let text =
        process::capture(docker().args(["container", "inspect", "--format", format, container]))
            .ok()?;
    let (image, running) = text.trim().split_once(' ')?;
    Some(State {
        image: image.to_owned(),
        running: running == "true",
    })
}

/// Brings the server up and waits until it can be signed in to and its engine answers.
pub(super) fn ensure(images: &Ids) -> Result<()> {
    match state(CONTAINER) {
        Some(state) if Some(&state.image) == images.get("dataflow-lab/server:latest") => {
            if !state.running {
                say::line("booting the server");
                process::capture(docker().args(["start", CONTAINER]))?;
            }
        }
        Some(_) => {
            say::line("the server's image is a new one: making the server again");
            process::capture(docker().args(["rm", "--force", "--volumes", CONTAINER]))?;
            process::capture(docker().args(["volume", "rm", "--force", VOLUME]))?;
            create()?;
        }
        None => create()?,
    }
    wait_until_up()?;
    let accounts = format!(
        "{}\n{}\n",
        secrets::read("pbx.password")?,
        secrets::read("id_ed25519.pub")?
    );
    process::feed(
        docker().args(["exec", "--interactive", CONTAINER, "sh", "-c", ACCOUNTS]),
        accounts.as_bytes(),
    )
    .map(drop)
}

fn create() -> Result<()> {
    say::line(format!("booting the server at {}", network::SERVER));
    process::capture(docker().args(["volume", "create", "--label", LABEL, VOLUME]))?;
    let mut command = docker();
    command.args([
        "create",
        "--name",
        CONTAINER,
        "--hostname",
        "dataflow",
        "--label",
        LABEL,
        "--restart",
        "unless-stopped",
    ]);
    command.args([
        "--network",
        network::NAME,
        "--ip",
        network::SERVER,
        "--volume",
        &format!("{VOLUME}:/var/lib/docker"),
    ]);
    command.args(["--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp"]);
    for name in ["registry-1.docker.io", "index.docker.io"] {
        command.args(["--add-host", &format!("{name}:{}", network::REGISTRY)]);
    }
    command.args([
        "--security-opt",
        "seccomp=unconfined",
        "--security-opt",
        "apparmor=unconfined",
    ]);
    if fs::exists("/sys/fs/cgroup/cgroup.controllers").unwrap_or(false) {
        // cgroup v2: systemd needs a tree of its own that it may write, which only a privileged container gets.
        command.args(["--privileged", "--cgroupns", "private"]);
    } else {
        command.args(["--volume", "/sys/fs/cgroup:/sys/fs/cgroup"]);
        command.args(
            CAPABILITIES
                .iter()
                .flat_map(|capability| ["--cap-add", capability]),
        );
    }
    process::capture(command.arg("dataflow-lab/server"))?;
    let certificate = files::directory().join("hub.crt");
    files::write_private(&certificate, &registry::certificate()?)?;
    let to = format!("{CONTAINER}:/etc/docker/lab-registry.crt");
    process::capture(docker().arg("cp").arg(certificate).arg(to))?;
    process::capture(docker().args(["start", CONTAINER])).map(drop)
}

/// Waits until sshd greets and the inner engine answers.
pub(super) fn wait_until_up() -> Result<()> {
    let patience = Duration::from_secs(90);
    wait::until("the server's sshd", patience, || {
        sshd_greets().then_some(())
    })?;
    wait::until("the server's Docker Engine", patience, || {
        process::succeeds(in_server().args(["docker", "version"])).then_some(())
    })
}

fn sshd_greets() -> bool {
    let greet = || -> std::io::Result<[u8; 4]> {
        let address: SocketAddr = format!("{}:22", network::SERVER)
            .parse()
            .map_err(std::io::Error::other)?;
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut start = [0; 4];
        stream.read_exact(&mut start)?;
        Ok(start)
    };
    greet().is_ok_and(|start| &start == b"SSH-")
}

/// A command in the server, as root: add the program and its arguments.
pub(crate) fn in_server() -> Command {
    let mut command = docker();
    command.args(["exec", CONTAINER]);
    command
}

/// The server's host keys, as lines for a `known_hosts` file.
pub(super) fn known_hosts() -> Result<String> {
    let keys = process::capture(in_server().args(["sh", "-c", "cat /etc/ssh/ssh_host_*_key.pub"]))?;
    let lines = keys.lines().filter_map(|line| {
        line.rsplit_once(' ')
            .map(|(key, _comment)| format!("{} {key}\n", network::SERVER))
    });
    Ok(lines.collect())
}

/// The most open files a container may be given on the server: the hard limit of its engine.
pub(super) fn nofile_limit() -> Result<u64> {
    let script =
        "sed -n 's/^Max open files *[^ ]* *\\([0-9]*\\).*/\\1/p' /proc/$(pidof dockerd)/limits";
    let limit = process::capture(in_server().args(["sh", "-c", script]))?;
    limit
        .trim()
        .parse()
        .context("the limit of open files of the server's engine")
}
