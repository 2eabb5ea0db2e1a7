//! The peer of the checks: Ansible gathering its facts.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::program::{Program, Run, SignIn};
use crate::failure::{Context, Result};
use crate::{process, say};

/// What pip is asked for.
const PACKAGE: &str = "ansible-core==2.19.*";

pub(super) struct Ansible {
    directory: PathBuf,
    python: PathBuf,
}

impl Ansible {
    /// Installs it into `target/bench/ansible` where it is not there.
    pub(super) fn ensure() -> Result<Self> {
        let ansible = Self {
            directory: process::target().join("bench/ansible"),
            python: process::find("python3").context("python3 is not installed")?,
        };
        if !process::succeeds(Command::new(ansible.program()).arg("--version")) {
            say::line(format!(
                "installing {PACKAGE} into {}",
                ansible.directory.display()
            ));
            // Half of one is worse than none.
            let _ = fs::remove_dir_all(&ansible.directory);
            process::capture(
                Command::new(&ansible.python)
                    .args(["-m", "venv"])
                    .arg(&ansible.directory),
            )?;
            process::capture(Command::new(ansible.directory.join("bin/pip")).args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                PACKAGE,
            ]))?;
        }
        let file = ansible.settings();
        fs::write(&file, "").context(file.display())?;
        Ok(ansible)
    }

    fn program(&self) -> PathBuf {
        self.directory.join("bin/ansible")
    }

    /// An empty file: the machine's own settings have no part in it.
    fn settings(&self) -> PathBuf {
        self.directory.join("ansible.cfg")
    }

    /// `ansible -m setup`, as quick as it can be made: pipelining, Python known beforehand, so that one command on one
    /// connection does it.
    pub(super) fn setup(&self, program: &Program, sign_in: &SignIn) -> Result<Run> {
        let mut command = Command::new(self.program());
        command
            .args(["all", "-m", "setup", "-i", &format!("{},", sign_in.host)])
            .args(["-u", &sign_in.user, "--private-key"])
            .arg(&sign_in.key)
            .args(["-e", &format!("ansible_port={}", sign_in.port), "-e"])
            .arg(format!(
                "ansible_python_interpreter={}",
                self.python.display()
            ))
            .env("ANSIBLE_HOME", self.directory.join("home"))
            .env("ANSIBLE_CONFIG", self.settings())
            .env("ANSIBLE_PIPELINING", "True")
            .env("ANSIBLE_HOST_KEY_CHECKING", "True")
            .env(
                "ANSIBLE_SSH_ARGS",
                format!(
                    "-F none -o ControlMaster=no -o ControlPath=none -o IdentitiesOnly=yes -o UserKnownHostsFile={}",
                    sign_in.known_hosts.display()
                ),
            )
            // It refuses any other.
            .env("LC_ALL", "C.UTF-8")
            .env_remove("SSH_AUTH_SOCK");
        program.run(&mut command)?.succeeded("ansible -m setup")
    }
}
