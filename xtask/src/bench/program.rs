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

/// Where and how to sign in with OpenSSH.
pub(super) struct SignIn {
    pub(super) user: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) key: PathBuf,
    pub(super) known_hosts: PathBuf,
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

    /// Where what belongs to the measurement lies.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The settings file.
    pub(super) fn settings(&self) -> PathBuf {
        self.directory.join("dataflow.toml")
    }

    /// Where programs find nothing of the operator's own.
    pub(super) fn home(&self) -> PathBuf {
        self.directory.join("home")
    }

    /// Where the program keeps its copies of the servers' journals.
    pub(super) fn journal_copies(&self) -> PathBuf {
        self.home().join(".local/state/dataflow")
    }

    /// Runs `dataflow`, which sees nothing of the operator's own SSH set-up.
    pub(super) fn dataflow(&self, arguments: &[&str]) -> Result<Run> {
        self.dataflow_with(&self.settings(), arguments)
    }

    /// The same with other settings.
    pub(super) fn dataflow_with(&self, settings: &Path, arguments: &[&str]) -> Result<Run> {
        let mut command = Command::new(&self.binary);
        command
            .arg("--config")
            .arg(settings)
            .args(arguments)
            // Anywhere but where its files are: no verb may depend on that.
            .current_dir("/")
            .env("HOME", self.home())
            .env_remove("XDG_STATE_HOME")
            .env_remove("SSH_AUTH_SOCK");
        self.run(&mut command)
    }

    /// As [`Program::dataflow`]; an exit code other than 0 is a failure.
    pub(super) fn succeed(&self, arguments: &[&str]) -> Result<Run> {
        self.dataflow(arguments)?
            .succeeded(&format!("dataflow {}", arguments.join(" ")))
    }

    /// The peer: OpenSSH.
    pub(super) fn ssh_true(&self) -> Result<Run> {
        let sign_in = SignIn {
            user: "ubuntu".to_owned(),
            host: lab::SERVER.to_owned(),
            port: 22,
            key: self.lab.key.clone(),
            known_hosts: self.lab.known_hosts.clone(),
        };
        self.run(&mut sign_in.ssh("true"))?.succeeded("ssh")
    }

    /// Output goes to a file: a pipe would have to be emptied meanwhile.
    pub(super) fn run(&self, command: &mut Command) -> Result<Run> {
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

impl SignIn {
    /// OpenSSH with this key and known_hosts alone, no settings file, no connection shared or kept.
    pub(super) fn ssh(&self, line: &str) -> Command {
        let known_hosts = format!("UserKnownHostsFile={}", self.known_hosts.display());
        let mut command = Command::new("ssh");
        command.args(["-F", "none", "-i"]).arg(&self.key);
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
        command.args(["-p", &self.port.to_string()]);
        command.args([&format!("{}@{}", self.user, self.host), line]);
        command
    }
}

impl Run {
    /// Itself; an exit code other than 0 is a failure of what is called `name`.
    pub(super) fn succeeded(self, name: &str) -> Result<Self> {
        if self.code == Some(0) {
            return Ok(self);
        }
        Err(Failure::new(format!(
            "`{name}` ended with {:?}:\n{}",
            self.code,
            self.output.trim_end()
        )))
    }

    pub(super) fn seconds(&self) -> f64 {
        self.wall.as_secs_f64()
    }

    /// Not a number where a signal ended it.
    pub(super) fn exit_code(&self) -> f64 {
        self.code.map_or(f64::NAN, f64::from)
    }
}
