use std::process::Command;

use crate::program::{Ended, Program};

impl Program {
    /// Runs it to its end on a terminal, on which these lines are typed. What it writes to either stream comes together, with
    /// what the terminal echoes.
    ///
    /// # Panics
    /// Where it can't be started.
    pub fn run_on_terminal(mut self, lines: &[&str]) -> Ended {
        // In the background, where `timeout` would put it, it could not read from the terminal.
        let front = [self.command.get_program(), "--foreground".as_ref()];
        let words = front.into_iter().chain(self.command.get_args());
        let quoted =
            words.map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''")));
        let line = quoted.collect::<Vec<_>>().join(" ");
        let mut script = Command::new("script");
        script
            .args(["-qec", &line, "/dev/null"])
            .env("SHELL", "/bin/sh");
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        self.command = script;
        let typed: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.stdin(typed).run()
    }
}
