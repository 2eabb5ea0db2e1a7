use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::lab::workspace;
use crate::stable::stable;
use crate::terminal::Terminal;

/// The longest that one run of the program may take, in seconds; it is then stopped, and the status is 124.
const LIMIT: &str = "300";

/// The program `dataflow`, about to be run: from `DATAFLOW_BIN`, or as `cargo build` left it.
///
/// It sees nothing of the operator's own SSH set-up: no agent, and an empty home directory.
pub struct Program {
    pub(crate) command: Command,
    stdin: Vec<u8>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Standard output as it was.
    pub stdout: String,
    /// Standard error as it was.
    pub stderr: String,
}

impl Program {
    /// With these arguments and nothing else.
    pub fn new<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let path = std::env::var_os("DATAFLOW_BIN")
            .map_or_else(|| workspace().join("target/debug/dataflow"), PathBuf::from);
        assert!(
            path.exists(),
            "{} is not built: run `cargo build -p dataflow-cli`",
            path.display()
        );
        let home = Self::home();
        fs::create_dir_all(&home).expect("a home directory below target/lab");
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", LIMIT])
            .arg(path)
            .args(arguments);
        command.env("HOME", home).env_remove("SSH_AUTH_SOCK");
        Self {
            command,
            stdin: Vec::new(),
        }
    }

    /// The home directory that it sees.
    #[must_use]
    pub fn home() -> PathBuf {
        workspace().join("target/lab/home")
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// With a clock that is wrong by so much, such as `+3d`.
    #[must_use]
    pub fn with_clock_off(self, by: &str) -> Self {
        // The dynamic linker puts the machine's directory for libraries in the place of `$LIB`.
        self.env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1")
            .env("FAKETIME", by)
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    }

    pub(crate) fn with_command(mut self, change: impl FnOnce(&Command) -> Command) -> Self {
        self.command = change(&self.command);
        self
    }

    /// With more arguments.
    #[must_use]
    pub fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// What it reads from standard input; nothing unless set.
    #[must_use]
    pub fn stdin(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.stdin = text.into();
        self
    }

    /// Starts it and does not wait: for tests that kill it. A signal sent to the child reaches the program.
    ///
    /// # Panics
    /// Where it can't be started.
    pub fn start(mut self) -> Child {
        let piped = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = piped.spawn().expect("dataflow starts");
        if let Some(mut stdin) = child.stdin.take() {
            let text = std::mem::take(&mut self.stdin);
            // A program that ends without reading is no error of the test.
            thread::spawn(move || stdin.write_all(&text));
        }
        child
    }

    /// Starts it at a terminal of its own.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn at_terminal(self) -> Terminal {
        // Without this, it would be in the background of its own terminal.
        let mut command = Command::new(self.command.get_program());
        command.arg("--foreground").args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        Terminal::start(&command)
    }

    /// Runs it to its end at a terminal of its own, where these lines are typed. What it writes to either stream comes together,
    /// with what the terminal echoes.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn run_on_terminal(self, lines: &[&str]) -> Ended {
        let mut terminal = self.at_terminal();
        for line in lines {
            terminal.type_in(&format!("{line}\n"));
        }
        let left = terminal.left();
        Ended {
            code: left.code,
            stdout: left.screen,
            stderr: String::new(),
        }
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// Where it can't be started.
    pub fn run(self) -> Ended {
        let output = self.start().wait_with_output().expect("dataflow ends");
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ended {
    /// The same, unless it ended otherwise than with exit code 0.
    ///
    /// # Panics
    /// With all that it wrote.
    #[must_use]
    pub fn expect_success(self) -> Self {
        assert_eq!(self.code, Some(0), "dataflow failed\n{}", self.text());
        self
    }

    /// Exit code, standard output and standard error as one text for a snapshot, without what varies from run to run.
    #[must_use]
    pub fn snapshot(&self) -> String {
        stable(&self.text())
    }

    /// Standard output as JSON.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error})\n{}", self.text()))
    }

    fn text(&self) -> String {
        let code = self
            .code
            .map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        format!(
            "exit: {code}\n-- stdout --\n{}\n-- stderr --\n{}",
            self.stdout.trim_end(),
            self.stderr.trim_end()
        )
    }
}
