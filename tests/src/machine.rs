//! Machines of their own for a test that spoils them: containers made of the lab's server image, without its init.

use std::{env, path::PathBuf, process::Output};

use crate::{Lab, lab::workspace};

/// A machine that is there for one test.
pub struct Machine<'lab> {
    lab: &'lab Lab,
    id: String,
}

impl<'lab> Machine<'lab> {
    /// A fresh machine with `dataflow-preflight` on it; `options` are those of `docker run`.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn start(lab: &'lab Lab, options: &[&str]) -> Self {
        let mut arguments = vec!["run", "--detach", "--rm", "--label", "dataflow.lab=1"];
        arguments.extend(["--cap-add", "NET_ADMIN"]);
        arguments.extend(options);
        arguments.extend(["dataflow-lab/server", "sleep", "600"]);
        let id = text(&lab.docker(&arguments));
        lab.copy_preflight(&id);
        Self { lab, id }
    }

    /// Installs packages from Debian.
    ///
    /// # Panics
    /// Where they can't be installed.
    pub fn install(&self, packages: &str) {
        self.exec(&format!(
            "echo 'deb http://deb.debian.org/debian bookworm main' > /etc/apt/sources.list
            apt-get -qq update
            DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install {packages} >/dev/null 2>&1"
        ));
    }

    /// Runs a shell script on it as root and gives what it printed.
    ///
    /// # Panics
    /// Where its status is not 0.
    pub fn exec(&self, script: &str) -> String {
        text(&self.run(&[], script))
    }

    /// Runs a shell script on it, as whom and however `options` of `docker exec` say.
    #[must_use]
    pub fn run(&self, options: &[&str], script: &str) -> Output {
        let mut arguments = vec!["exec"];
        arguments.extend(options);
        arguments.extend([self.id.as_str(), "sh", "-c", script]);
        self.lab.docker(&arguments)
    }

    /// State and text of what one check finds on it.
    ///
    /// # Panics
    /// Where there is no report.
    #[must_use]
    pub fn finding(&self, id: &str) -> (String, String) {
        let report = self.run(&[], "dataflow-preflight --output json").stdout;
        let report: serde_json::Value = serde_json::from_slice(&report).expect("a report");
        let findings = report["findings"].as_array().expect("findings");
        let found = findings.iter().find(|found| found["id"] == id);
        let text = |key: &str| {
            let value = found.and_then(|found| found[key].as_str());
            value.expect("a finding").to_owned()
        };
        (text("state"), text("seen"))
    }
}

impl Lab {
    /// Puts `dataflow-preflight` on the lab's server, as an operator would.
    ///
    /// # Panics
    /// Where it is not built.
    pub fn bring_preflight(&self) {
        self.copy_preflight(&self.server.container);
    }

    fn copy_preflight(&self, container: &str) {
        let program = env::var_os("DATAFLOW_PREFLIGHT_BIN").map_or_else(
            || workspace().join("target/debug/dataflow-preflight"),
            PathBuf::from,
        );
        let program = program.to_str().expect("a path of plain text");
        let place = format!("{container}:/usr/local/bin/dataflow-preflight");
        text(&self.docker(&["cp", program, &place]));
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        let _ = self.lab.docker(&["rm", "--force", &self.id]);
    }
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
