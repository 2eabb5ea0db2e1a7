use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Program;
use crate::lab::workspace;
use crate::wait::wait_until;

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// The control panel as a program of its own, with a new state directory. It is ended when this is dropped.
pub struct Panel {
    child: Child,
    pub(crate) address: String,
    link: String,
    settings: PathBuf,
    state: tempfile::TempDir,
    /// What a program shows, once there is one.
    pub(crate) token: String,
}

impl Panel {
    /// Starts it for the servers of this settings file.
    ///
    /// # Panics
    /// Where it is not built, or doesn't start.
    #[must_use]
    pub fn start(settings: &Path) -> Self {
        let state = tempfile::tempdir().expect("a state directory");
        let (child, said) = start(&state, settings);
        Self {
            child,
            address: after(&said, "listening on ").expect("an address"),
            link: after(&said, "open within an hour: ").expect("a link"),
            settings: settings.to_owned(),
            state,
            token: String::new(),
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

    /// What it has said where it was started.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.state.path().join("said")).unwrap_or_default()
    }

    /// Kills it at once, as a crash would, and starts it again.
    ///
    /// # Panics
    /// Where it does not start again.
    pub fn kill_and_start(&mut self) {
        self.signal("KILL");
        let _killed = self.child.wait().expect("its end");
        let (child, said) = start(&self.state, &self.settings);
        self.child = child;
        self.address = after(&said, "listening on ").expect("an address");
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// Where it does not run any more.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end; whether it ended well.
    ///
    /// # Panics
    /// Where it does not end in time.
    pub fn ends_well(&mut self) -> bool {
        let mut status = None;
        wait_until("the panel's end", Duration::from_secs(120), || {
            status = self.child.try_wait().expect("its state");
            status.is_some()
        });
        status.is_some_and(|status| status.success())
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Starts it; gives what it has said when it listens, which it says last.
fn start(state: &tempfile::TempDir, settings: &Path) -> (Child, String) {
    let path = std::env::var_os("DATAFLOW_BIN").map_or_else(
        || workspace().join("target/debug/dataflow-web"),
        |program| PathBuf::from(program).with_file_name("dataflow-web"),
    );
    assert!(
        path.exists(),
        "{} is not built: run `cargo build -p dataflow-web`",
        path.display()
    );
    let place = state.path().join("said");
    let mut child = Command::new(path)
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(settings)
        .arg("--state")
        .arg(state.path().join("state"))
        .env("HOME", Program::home())
        .env_remove("SSH_AUTH_SOCK")
        .stdin(Stdio::null())
        .stderr(File::create(&place).expect("a file"))
        .spawn()
        .expect("the panel starts");
    let mut said = String::new();
    wait_until("the panel to listen", PATIENCE, || {
        said = std::fs::read_to_string(&place).expect("what it says");
        let ended = child.try_wait().expect("its state");
        assert!(ended.is_none(), "it ended: {said}");
        said.lines().any(|line| line.starts_with("listening on ")) && said.ends_with('\n')
    });
    (child, said)
}

/// What it says after these words.
fn after(said: &str, words: &str) -> Option<String> {
    let line = said.lines().find_map(|line| line.split_once(words))?;
    Some(line.1.trim().to_owned())
}
