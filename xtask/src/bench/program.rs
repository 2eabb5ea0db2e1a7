//! Running the program and its peer, with wall time and peak memory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;
use wait4::Wait4;

use crate::failure::{Context, Failure, Result};
use crate::lab;

/// The built program with settings for the lab's server, as user ubuntu.
pub(super) struct Program {
    binary: PathBuf,
    directory: PathBuf,
    lab: Lab,
}

/// What is needed of `lab.json`.
#[derive(Deserialize)]
struct Lab {
    key: PathBuf,
    known_hosts: PathBuf,
    settings: PathBuf,
    registry: Registry,
}

/// The lab's registry.
#[derive(Deserialize)]
pub(super) struct Registry {
    /// `host:port` behind a password.
    pub(super) private: String,
    /// The name that signs in there.
    pub(super) user: String,
    /// File with the password.
    pub(super) password_file: PathBuf,
}

/// A process that has ended.
pub(super) struct Run {
    pub(super) wall: Duration,
    /// Peak resident memory in MB (1 000 000 bytes). The kernel counts the moment before `exec` too, in which a process shares
    /// its parent's memory: it may be too high, up to the size of this program, and never too low.
    pub(super) megabytes: f64,
    /// `None` where a signal ended it.
    pub(super) code: Option<i32>,
    /// Standard output and standard error as they came.
    pub(super) output: String,
}

impl Program {
    /// Writes its own settings file: the lab's without images, so that `upgrade` alone keeps what is deployed.
    pub(super) fn new(binary: &Path) -> Result<Self> {
        let path = lab::directory().join("lab.json");
        let text = fs::read_to_string(&path).context(path.display())?;
        let lab: Lab = serde_json::from_str(&text).context(path.display())?;
        let directory = lab::directory().join("bench");
        fs::create_dir_all(directory.join("home")).context(directory.display())?;
        let settings = fs::read_to_string(&lab.settings).context(lab.settings.display())?;
        let without_images: Vec<&str> = settings
            .lines()
            .filter(|line| !line.starts_with("image") && !line.starts_with("clickhouse-image"))
            .collect();
        let file = directory.join("dataflow.toml");
        fs::write(&file, without_images.join("\n")).context(file.display())?;
        Ok(Self {
            binary: binary.to_owned(),
            directory,
            lab,
        })
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.lab.registry
    }

    /// Runs `dataflow`, which sees nothing of the operator's own SSH set-up.
    pub(super) fn dataflow(&self, arguments: &[&str]) -> Result<Run> {
        let mut command = Command::new(&self.binary);
        command
            .arg("--config")
            .arg(self.directory.join("dataflow.toml"))
            .args(arguments)
            // Anywhere but where its files are: no verb may depend on that.
            .current_dir("/")
            .env("HOME", self.directory.join("home"))
            .env_remove("SSH_AUTH_SOCK");
        self.run(&mut command)
    }

    /// As [`Program::dataflow`]; an exit code other than 0 is a failure.
    pub(super) fn succeed(&self, arguments: &[&str]) -> Result<Run> {
        let run = self.dataflow(arguments)?;
        if run.code == Some(0) {
            return Ok(run);
        }
        Err(Failure::new(format!(
            "`dataflow {}` ended with {:?}:\n{}",
            arguments.join(" "),
            run.code,
            run.output.trim_end()
        )))
    }

    /// The peer: OpenSSH with the same key, user and known_hosts, no settings file, no connection shared or kept.
    pub(super) fn ssh_true(&self) -> Result<Run> {
        let known_hosts = format!("UserKnownHostsFile={}", self.lab.known_hosts.display());
        let mut command = Command::new("ssh");
        command.args(["-F", "none", "-i"]).arg(&self.lab.key);
        for option in [
            "BatchMode=yes",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "ControlMaster=no",
            "ControlPath=none",
            "StrictHostKeyChecking=yes",
            "GlobalKnownHostsFile=none",
            known_hosts.as_str(),
        ] {
            command.args(["-o", option]);
        }
        command.args([&format!("ubuntu@{}", lab::SERVER), "true"]);
        let run = self.run(&mut command)?;
        if run.code == Some(0) {
            Ok(run)
        } else {
            Err(Failure::new(format!(
                "ssh failed: {}",
                run.output.trim_end()
            )))
        }
    }

    /// Output goes to a file: a pipe would have to be emptied meanwhile.
    fn run(&self, command: &mut Command) -> Result<Run> {
        let path = self.directory.join("output");
        let file = File::create(&path).context(path.display())?;
        let copy = file.try_clone().context(path.display())?;
        command.stdin(Stdio::null()).stdout(file).stderr(copy);
        let began = Instant::now();
        let child = command.spawn().context(command.get_program().display())?;
        let used = child.wait4().context("waiting for a process")?;
        let wall = began.elapsed();
        let output = fs::read(&path).context(path.display())?;
        Ok(Run {
            wall,
            megabytes: used.rusage.maxrss as f64 / 1e6,
            code: used.status.code(),
            output: String::from_utf8_lossy(&output).into_owned(),
        })
    }
}

impl Run {
    pub(super) fn seconds(&self) -> f64 {
        self.wall.as_secs_f64()
    }

    /// Not a number where a signal ended it.
    pub(super) fn exit_code(&self) -> f64 {
        self.code.map_or(f64::NAN, f64::from)
    }
}
