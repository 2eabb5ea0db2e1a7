//! What the server has and does, as the tests ask for it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::lab::{Lab, workspace};
use crate::program::Program;
use crate::wait::wait_until;

/// The container of the database.
pub const CLICKHOUSE: &str = "portsip.clickhouse";

/// The container of the service.
pub const SERVICE: &str = "portsip.dataflow";

/// How long a server at work may take until it has written another row; it writes one a second.
const NEXT_ROW: Duration = Duration::from_secs(30);

/// How long the journal may take to have what sshd wrote.
const JOURNAL: Duration = Duration::from_secs(10);

impl Lab {
    /// The lab with a server to which the lab's settings were deployed, and that writes rows.
    ///
    /// # Panics
    /// Where no lab is up, or the deploy fails.
    #[must_use]
    pub fn deployed() -> Self {
        let lab = Self::empty();
        let _ = lab.dataflow(["run"]).run().expect_success();
        wait_until("the first row", NEXT_ROW, || lab.rows() > Some(0));
        lab
    }

    /// Waits until the service has written more rows than there are now; gives how many there were.
    ///
    /// # Panics
    /// Where ClickHouse does not answer, or no row comes.
    pub fn wait_for_more_rows(&self) -> u64 {
        let mut now = None;
        wait_until("ClickHouse to answer", NEXT_ROW, || {
            now = self.rows();
            now.is_some()
        });
        wait_until("another row", NEXT_ROW, || self.rows() > now);
        now.unwrap_or_default()
    }

    /// Removes images from the server, so that they have to be fetched.
    ///
    /// # Panics
    /// Where a container uses one of them.
    pub fn forget_images(&self, images: &[&str]) {
        for image in images {
            self.exec(&format!(
                "! docker image inspect {image} >/dev/null 2>&1 || docker image rm --force {image}"
            ));
        }
    }

    /// What `docker inspect` on the server says of a container.
    ///
    /// # Panics
    /// Where there is no such container.
    #[must_use]
    pub fn inspect(&self, container: &str) -> Value {
        let text = self.exec(&format!("docker container inspect {container}"));
        let mut all: Vec<Value> = serde_json::from_str(&text).expect("docker inspect gives JSON");
        all.remove(0)
    }

    /// Every container on the server, one a line: name, identifier, image, state and since when. The same text means that no
    /// container was made, removed, stopped or started.
    #[must_use]
    pub fn containers(&self) -> String {
        self.exec(
            "docker ps --all --quiet | xargs --no-run-if-empty docker inspect --format \
             '{{.Name}} {{.Id}} {{.Config.Image}} {{.State.Status}} {{.State.StartedAt}}' | sort",
        )
    }

    /// The names of all containers on the server, in order.
    #[must_use]
    pub fn container_names(&self) -> Vec<String> {
        let names = self.exec("docker ps --all --format '{{.Names}}' | sort");
        names.lines().map(str::to_owned).collect()
    }

    /// Where the journal of the server's sshd ends now.
    #[must_use]
    pub fn ssh_log_end(&self) -> String {
        let text =
            self.exec("journalctl --sync; journalctl --unit ssh --lines 1 --show-cursor --quiet");
        let (_, cursor) = text.rsplit_once("-- cursor: ").expect("a cursor");
        cursor.trim().to_owned()
    }

    /// How many SSH connections the server has let in since then. All of them are over.
    ///
    /// # Panics
    /// Where one of them does not end.
    #[must_use]
    pub fn connections_since(&self, log_end: &str) -> usize {
        let mut accepted = 0;
        wait_until("all SSH connections to end", JOURNAL, || {
            let log = self.exec(&format!(
                "journalctl --sync; journalctl --unit ssh --after-cursor '{log_end}' --output cat --quiet"
            ));
            let count = |what: &str| log.lines().filter(|line| line.contains(what)).count();
            accepted = count("Accepted ");
            accepted == count("session closed for user")
        });
        accepted
    }

    /// The program with the lab's settings but nothing to sign in with, and this user.
    ///
    /// # Panics
    /// Where the settings can't be written anew.
    pub fn dataflow_as<A: AsRef<OsStr>>(
        &self,
        user: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Program {
        let address = format!("ssh://{user}@{}:{}", self.server.address, self.server.port);
        self.dataflow_at(&address, arguments)
    }

    /// The same for any address, such as one of another sshd of the server.
    pub fn dataflow_at<A: AsRef<OsStr>>(
        &self,
        address: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Program {
        let mut all: Vec<OsString> = vec![
            "--config".into(),
            self.settings_without_sign_in().into(),
            "--host".into(),
            address.into(),
            "--known-hosts".into(),
            self.known_hosts.clone().into(),
        ];
        all.extend(
            arguments
                .into_iter()
                .map(|argument| argument.as_ref().to_owned()),
        );
        Program::new(all)
    }

    fn settings_without_sign_in(&self) -> PathBuf {
        let settings = fs::read_to_string(&self.settings).expect("the lab's settings");
        let server: String = settings
            .lines()
            .take_while(|line| *line != "[ssh]")
            .map(|line| format!("{line}\n"))
            .collect();
        let path = workspace().join("target/lab/dataflow-without-sign-in.toml");
        fs::write(&path, server).expect("settings without sign-in");
        path
    }
}
