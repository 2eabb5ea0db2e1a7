use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::pbx::LabPbx;
use crate::program::Program;
use crate::wait::wait_until;

/// The same script that `cargo xtask lab reset` runs on the server.
const RESET: &str = include_str!("../../xtask/lab/reset.sh");

/// Asks ClickHouse with the account that the deployment wrote; the password stays off every command line.
const ROWS: &str = r#"
password=$(sed -n 's/^password *= *//p' "$0/dataflow/system.ini")
printf 'user = "default:%s"\n' "$password" | curl --silent --fail --max-time 3 --config - \
    --data-binary 'SELECT count() FROM dataflow.cdr' http://127.0.0.1:8123/
"#;

/// How long a server may take to be back after a reboot.
const REBOOT: Duration = Duration::from_secs(60);

/// The lab that `cargo xtask lab up` made, as `target/lab/lab.json` describes it.
#[derive(Debug, Deserialize)]
pub struct Lab {
    docker: Vec<String>,
    /// Settings file for `dataflow --config`: the server as user ubuntu.
    pub settings: PathBuf,
    /// Private key that every user of the server takes.
    pub key: PathBuf,
    /// The server's host keys.
    pub known_hosts: PathBuf,
    /// The most open files that a container on the server may be given.
    pub nofile: u64,
    /// The PBX's address.
    pub pbx: String,
    /// The PBX.
    pub lab_pbx: LabPbx,
    /// Settings file with the PBX's REST API in it.
    pub settings_with_api: PathBuf,
    /// The server that is deployed to.
    pub server: Server,
    /// Its users by name.
    pub users: BTreeMap<String, User>,
    /// The registry it pulls from.
    pub registry: Registry,
}

/// The server that is deployed to.
#[derive(Debug, Deserialize)]
pub struct Server {
    /// The container that it is.
    pub container: String,
    /// IP address.
    pub address: String,
    /// Port of sshd.
    pub port: u16,
}

/// A user of the server.
#[derive(Debug, Deserialize)]
pub struct User {
    /// File with the password, for a user who has one.
    pub password_file: Option<PathBuf>,
}

/// The registry.
#[derive(Debug, Deserialize)]
pub struct Registry {
    /// The container that it is.
    pub container: String,
    /// `host:port` without sign-in.
    pub open: String,
    /// `host:port` behind a password.
    pub private: String,
    /// The name that signs in there.
    pub user: String,
    password_file: PathBuf,
}

/// While it lives the registry cannot be reached.
pub struct RegistryCut<'lab>(&'lab Lab);

/// While it lives the registry delivers slowly.
pub struct RegistrySlowed<'lab>(&'lab Lab);

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the workspace")
        .to_path_buf()
}

impl Lab {
    /// The lab as it is, with whatever runs on its server.
    ///
    /// # Panics
    /// Where no lab is up.
    #[must_use]
    pub fn open() -> Self {
        let path = workspace().join("target/lab/lab.json");
        let text =
            fs::read_to_string(&path).expect("the lab is up (`cargo xtask lab up` brings it up)");
        serde_json::from_str(&text)
            .expect("lab.json is of this version (`cargo xtask lab up` writes it anew)")
    }

    /// The lab with a server that has nothing on it but the images it has pulled, and a PBX at which all was done by hand.
    ///
    /// # Panics
    /// Where no lab is up.
    #[must_use]
    pub fn empty() -> Self {
        let lab = Self::open();
        lab.reset("");
        lab
    }

    /// The lab with a server that has nothing on it, and no images either.
    ///
    /// # Panics
    /// Where no lab is up.
    #[must_use]
    pub fn empty_without_images() -> Self {
        let lab = Self::open();
        lab.reset("images");
        lab
    }

    fn reset(&self, what: &str) {
        done(
            &self.docker(&[
                "exec",
                &self.server.container,
                "sh",
                "-c",
                RESET,
                "reset.sh",
                what,
            ]),
            "emptying the server",
        );
        self.lab_pbx.reset_by_hand();
    }

    /// Runs a shell script on the server as root and gives what it printed.
    ///
    /// # Panics
    /// Where its status is not 0.
    pub fn exec(&self, script: &str) -> String {
        done(
            &self.docker(&["exec", &self.server.container, "sh", "-c", script]),
            script,
        )
    }

    /// Whether a shell script on the server ends with status 0.
    #[must_use]
    pub fn holds(&self, script: &str) -> bool {
        self.docker(&["exec", &self.server.container, "sh", "-c", script])
            .status
            .success()
    }

    /// Reboots the server and waits until it can be signed in to and its Docker Engine answers.
    ///
    /// # Panics
    /// Where it does not come back.
    pub fn reboot(&self) {
        done(
            &self.docker(&["restart", &self.server.container]),
            "rebooting the server",
        );
        wait_until("the server to come back", REBOOT, || {
            self.holds("systemctl is-active --quiet ssh && docker version >/dev/null")
        });
    }

    /// Takes the registry off the network until the result is dropped.
    ///
    /// # Panics
    /// Where the registry can't be stopped.
    #[must_use]
    pub fn cut_registry(&self) -> RegistryCut<'_> {
        done(
            &self.docker(&["stop", "--time", "0", &self.registry.container]),
            "stopping the registry",
        );
        RegistryCut(self)
    }

    /// Has the registry deliver slowly until the result is dropped, so that a pull of a big image is seen half done. It gets little
    /// of a processor.
    ///
    /// # Panics
    /// Where the engine can't do that.
    #[must_use]
    pub fn slow_registry(&self) -> RegistrySlowed<'_> {
        done(&self.give_registry("0.05"), "limiting the registry");
        RegistrySlowed(self)
    }

    fn give_registry(&self, processors: &str) -> Output {
        self.docker(&["update", "--cpus", processors, &self.registry.container])
    }

    /// How many rows the service has written; none where ClickHouse does not answer.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        self.rows_below("/var/lib/portsip")
    }

    /// The same for a deployment with another data path.
    #[must_use]
    pub fn rows_below(&self, data_path: &str) -> Option<u64> {
        let output = self.docker(&["exec", &self.server.container, "sh", "-c", ROWS, data_path]);
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    }

    /// A user's password on the server.
    ///
    /// # Panics
    /// Where that user has none.
    #[must_use]
    pub fn password(&self, user: &str) -> String {
        let file = self
            .users
            .get(user)
            .and_then(|user| user.password_file.as_ref());
        read_secret(file.expect("a user with a password"))
    }

    /// The password behind which [`Registry::private`] is.
    #[must_use]
    pub fn registry_password(&self) -> String {
        read_secret(&self.registry.password_file)
    }

    /// The program with the lab's settings: the server as user ubuntu.
    pub fn dataflow<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Program {
        with_settings(&self.settings, arguments)
    }

    /// The same with the PBX's REST API in the settings.
    pub fn dataflow_with_api<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Program {
        with_settings(&self.settings_with_api, arguments)
    }

    pub(crate) fn uses_sudo(&self) -> bool {
        self.docker.first().is_some_and(|program| program == "sudo")
    }

    pub(crate) fn docker(&self, arguments: &[&str]) -> Output {
        let (program, first) = self
            .docker
            .split_first()
            .expect("lab.json names the docker command");
        let mut command = Command::new(program);
        command.args(first).args(arguments).stdin(Stdio::null());
        command.output().expect("docker runs")
    }
}

impl Drop for RegistrySlowed<'_> {
    fn drop(&mut self) {
        // The engine can't be told to forget a limit; all there are is as good.
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let given = self.0.give_registry(&all.to_string());
        // A second panic while one is on its way would hide the first.
        if !std::thread::panicking() {
            done(&given, "ending the registry's limit");
        }
    }
}

impl Drop for RegistryCut<'_> {
    fn drop(&mut self) {
        let started = self.0.docker(&["start", &self.0.registry.container]);
        // A second panic while one is on its way would hide the first.
        if !std::thread::panicking() {
            done(&started, "starting the registry");
            let answers = format!(
                "curl --silent --fail http://{}/v2/ >/dev/null",
                self.0.registry.open
            );
            wait_until("the registry to come back", REBOOT, || {
                self.0.holds(&answers)
            });
        }
    }
}

fn with_settings<A: AsRef<OsStr>>(
    settings: &Path,
    arguments: impl IntoIterator<Item = A>,
) -> Program {
    let mut all = vec![OsStr::new("--config").to_owned(), settings.into()];
    all.extend(
        arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_owned()),
    );
    Program::new(all)
}

pub(crate) fn read_secret(file: &Path) -> String {
    fs::read_to_string(file)
        .expect("a password file of the lab")
        .trim()
        .to_owned()
}

pub(crate) fn done(output: &Output, what: &str) -> String {
    assert!(
        output.status.success(),
        "{what}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
