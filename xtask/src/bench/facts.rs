//! What has to be known of the machine to read the figures.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::lab::in_server;
use crate::process;

pub(super) fn of_machine(binary: &Path) -> Result<String> {
    let cores = thread::available_parallelism().context("the number of cores")?;
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').take(3).collect::<Vec<_>>().join(" ");
    let kernel = process::capture(Command::new("uname").args(["-s", "-r"]))?;
    let version = ["version", "--format", "{{.Server.Version}}"];
    let here = process::capture(docker().args(version))?;
    let there = process::capture(in_server().arg("docker").args(version))?;
    // It says so on standard error.
    let ssh = Command::new("ssh").arg("-V").output().context("ssh -V")?;
    let size = fs::metadata(binary).context(binary.display())?.len();
    Ok(format!(
        "{cores} cores ({model}), load {load}, {}\nDocker {} here, {} on the server; {}\n{}, release build, {:.1} MB\n",
        kernel.trim(),
        here.trim(),
        there.trim(),
        String::from_utf8_lossy(&ssh.stderr).trim(),
        binary.file_name().unwrap_or_default().display(),
        size as f64 / 1e6
    ))
}
