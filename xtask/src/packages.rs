//! What the lab and the benchmark need from Debian's or Ubuntu's packages, and how it gets there.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result};
use crate::{docker, process, say};

/// A program or file that shows that a package is there, and the package's name on Debian 12 and Ubuntu 24.04.
const NEEDED: &[(&str, &str)] = &[
    ("docker", "docker.io"),
    ("mmdebstrap", "mmdebstrap"),
    ("ssh-keygen", "openssh-client"),
    ("ip", "iproute2"),
    // The tests run the program with a clock that is wrong.
    ("faketime", "faketime"),
    // Ubuntu does not trust Debian's archive by itself; the lab's machines are Debian's.
    (
        "/usr/share/keyrings/debian-archive-keyring.gpg",
        "debian-archive-keyring",
    ),
];

/// What only a machine needs on which the lab starts the engine.
const ENGINE: &[(&str, &str)] = &[("dockerd", "docker.io"), ("iptables", "iptables")];

/// What the benchmark's peers need besides: servers on loopback, and Ansible.
const BENCH: &[(&str, &str)] = &[
    ("sshd", "openssh-server"),
    ("setpriv", "util-linux"),
    ("python3", "python3"),
];

/// What tests of the panel need: a browser, its driver, and the client of the registry that axe-core comes from.
const BROWSER: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("npm", "npm"),
];

/// Installs what the lab needs and is missing, saying what; does nothing where all of it is there.
pub(crate) fn ensure() -> Result<()> {
    if !process::is_root() && process::find("sudo").is_none() {
        return Err(Failure::new(
            "the lab needs root: run this as root, or install sudo",
        ));
    }
    let engine = if process::find("docker").is_some() && docker::answers() {
        &[]
    } else {
        ENGINE
    };
    install(&missing(NEEDED.iter().chain(engine)))
}

/// The same for tests of the panel, and its pictures.
pub(crate) fn ensure_for_browser() -> Result<()> {
    install(&missing(BROWSER))
}

/// The same for the benchmark.
pub(crate) fn ensure_for_bench() -> Result<()> {
    let mut missing = missing(BENCH);
    // It has no program of its own to look for.
    if !process::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])) {
        missing.push("python3-venv");
    }
    install(&missing)
}

fn missing<'a>(needed: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> Vec<&'a str> {
    let mut missing = Vec::new();
    for (sign, package) in needed {
        let there = if sign.starts_with('/') {
            Path::new(sign).exists()
        } else {
            process::find(sign).is_some()
        };
        if !there && !missing.contains(package) {
            missing.push(package);
        }
    }
    missing
}

fn install(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if process::find("apt-get").is_none() {
        return Err(Failure::new(format!(
            "{list} is needed, and this machine has no apt-get (Debian 12 and Ubuntu 24.04 have)"
        )));
    }
    say::line(format!("installing packages: {list}"));
    process::run(&mut apt_get("update"))?;
    process::run(
        apt_get("install")
            .args(["--yes", "--no-install-recommends"])
            .args(missing),
    )
}

/// What goes wrong is seen, and so is a question of sudo; the list of what goes well is long and is not.
fn apt_get(verb: &str) -> Command {
    let mut command = process::as_root("env");
    command.args([
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "--quiet",
        "--quiet",
        verb,
    ]);
    command.stdout(Stdio::null());
    command
}
