use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdout, Command};

use crate::program::{Ended, Program};

/// A run of the program that goes on, with `--output json`: what it tells is read as far as a test needs it.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    told: Vec<String>,
}

impl Program {
    /// Starts it; its arguments have to ask for JSON.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn running(self) -> Running {
        let mut child = self.start();
        let lines = BufReader::new(child.stdout.take().expect("standard output")).lines();
        Running {
            child,
            lines,
            told: Vec::new(),
        }
    }
}

impl Running {
    /// Reads on until this many events of this kind have been told since the start; whether they were.
    ///
    /// # Panics
    /// Where what it tells is no text.
    pub fn reaches(&mut self, event: &str, count: usize) -> bool {
        let event = format!("\"event\":\"{event}\"");
        let mut seen = 0;
        for line in &self.told {
            seen += usize::from(line.contains(&event));
        }
        while seen < count {
            let Some(line) = self.lines.next() else {
                return false;
            };
            let line = line.expect("a line");
            seen += usize::from(line.contains(&event));
            self.told.push(line);
        }
        true
    }

    /// Sends a signal to the program, and for `KILL` to the one that watches over its time too.
    ///
    /// # Panics
    /// Where it does not run any more.
    pub fn signal(&self, name: &str) {
        let id = self.child.id();
        let target = if name == "KILL" {
            // `timeout` leads a process group of its own.
            format!("-{id}")
        } else {
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
            children.expect("the program runs").trim().to_owned()
        };
        let sent = Command::new("kill")
            .args(["-s", name, "--", &target])
            .status();
        assert!(sent.expect("kill").success(), "SIG{name} to {target}");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// Where that can't be waited for.
    #[must_use]
    pub fn end(mut self) -> Ended {
        self.told.extend(self.lines.map_while(Result::ok));
        let mut stderr = String::new();
        if let Some(mut pipe) = self.child.stderr.take() {
            pipe.read_to_string(&mut stderr).expect("standard error");
        }
        let status = self.child.wait().expect("the program ends");
        Ended {
            code: status.code(),
            stdout: self.told.join("\n"),
            stderr,
        }
    }
}
