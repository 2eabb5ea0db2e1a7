use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::lab::workspace;

/// The control panel as a program of its own, with a new state directory. It is ended when this is dropped.
pub struct Panel {
    child: Child,
    address: String,
    link: String,
    _state: tempfile::TempDir,
}

impl Panel {
    /// Starts it for the servers of this settings file.
    ///
    /// # Panics
    /// Where it is not built, or doesn't start.
    #[must_use]
    pub fn start(settings: &Path) -> Self {
        let path = workspace().join("target/debug/dataflow-web");
        assert!(
            path.exists(),
            "{} is not built: run `cargo build -p dataflow-web`",
            path.display()
        );
        let state = tempfile::tempdir().expect("a state directory");
        let mut child = Command::new(path)
            .args(["--listen", "127.0.0.1:0", "--config"])
            .arg(settings)
            .arg("--state")
            .arg(state.path().join("state"))
            .env_remove("SSH_AUTH_SOCK")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the panel starts");
        let mut lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
        let (mut address, mut link) = (String::new(), String::new());
        while link.is_empty() {
            let line = lines.next().expect("what it says at its start");
            let line = line.expect("a line");
            if let Some(said) = line.strip_prefix("listening on ") {
                said.clone_into(&mut address);
            } else if let Some((_, said)) = line.split_once("open within an hour: ") {
                said.clone_into(&mut link);
            }
        }
        // What else it says is taken, so that it never waits for that.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            link,
            _state: state,
        }
    }

    /// The one-time link for the first administrator.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
