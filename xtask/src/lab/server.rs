//! The server that is deployed to: a container that boots systemd, with sshd and a Docker Engine of its own.

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use super::container::Outdated;
use super::images::Ids;
use super::{LABEL, container, files, network, registry, secrets};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, wait};

pub(super) const CONTAINER: &str = "dataflow-lab-server";
/// `/var/lib/docker`: an overlay file system can't lie on another one.
const VOLUME: &str = "dataflow-lab-server-docker";
const IMAGE: &str = "dataflow-lab/server";

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

/// Brings the server up and waits until it can be signed in to and its engine answers.
pub(super) fn ensure(images: &Ids, outdated: Outdated) -> Result<()> {
    container::ensure(CONTAINER, IMAGE, images, outdated, make)?;
    wait_until_up()?;
    let accounts = format!(
        "{}\n{}\n",
        secrets::read("pbx.password")?,
        secrets::read("id_ed25519.pub")?
    );
    process::feed(
        in_server_reading().args(["sh", "-c", ACCOUNTS]),
        accounts.as_bytes(),
    )
    .map(drop)
}

fn make() -> Result<()> {
    // What an older server had pulled and deployed goes with it.
    process::capture(docker().args(["volume", "rm", "--force", VOLUME]))?;
    process::capture(docker().args(["volume", "create", "--label", LABEL, VOLUME]))?;
    let docker_data = format!("{VOLUME}:/var/lib/docker");
    let hub = ["registry-1.docker.io", "index.docker.io"]
        .map(|name| format!("--add-host={name}:{}", network::REGISTRY));
    let mut options = vec![
        "--hostname=dataflow",
        "--volume",
        &docker_data,
        "--tmpfs=/run",
        "--tmpfs=/run/lock",
        "--tmpfs=/tmp",
    ];
    options.extend(hub.iter().map(String::as_str));
    options.extend([
        "--security-opt=seccomp=unconfined",
        "--security-opt=apparmor=unconfined",
    ]);
    if fs::exists("/sys/fs/cgroup/cgroup.controllers").unwrap_or(false) {
        // cgroup v2: systemd needs a tree of its own that it may write, which only a privileged container gets.
        options.extend(["--privileged", "--cgroupns=private"]);
    } else {
        options.push("--volume=/sys/fs/cgroup:/sys/fs/cgroup");
        options.extend(
            CAPABILITIES
                .iter()
                .flat_map(|capability| ["--cap-add", capability]),
        );
    }
    let certificate = files::directory().join("hub.crt");
    files::write_private(&certificate, &registry::certificate()?)?;
    container::make(
        CONTAINER,
        network::SERVER,
        &options,
        IMAGE,
        &[(&certificate, "/etc/docker/lab-registry.crt")],
    )
}

/// Waits until sshd greets and the inner engine answers.
fn wait_until_up() -> Result<()> {
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

/// The same, for one that is given something on standard input.
pub(crate) fn in_server_reading() -> Command {
    let mut command = docker();
    command.args(["exec", "--interactive", CONTAINER]);
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
