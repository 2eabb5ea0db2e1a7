use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

use tempfile::TempDir;

/// A directory to run in, with an environment that holds nothing but what the test sets.
pub(crate) struct Place {
    directory: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
            variables: Vec::new(),
        }
    }

    pub(crate) fn with_file(self, name: &str, text: &str, mode: u32) -> Self {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    pub(crate) fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The program with these arguments, about to be run here.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dataflow"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .envs(self.variables.iter().copied());
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> String {
        let output = self.command(arguments).output().unwrap();
        let said = |bytes: Vec<u8>| {
            String::from_utf8(bytes)
                .unwrap()
                .replace(self.path().to_str().unwrap(), "HOME")
        };
        format!(
            "$ dataflow {arguments}\nexit code {}\n--- standard output\n{}--- standard error\n{}",
            output.status.code().unwrap(),
            said(output.stdout),
            said(output.stderr)
        )
    }

    pub(crate) fn run_each(&self, lines: &[&str]) -> String {
        lines
            .iter()
            .map(|line| self.run(line))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

pub(crate) fn run(arguments: &str) -> String {
    Place::new().run(arguments)
}

pub(crate) fn run_each(lines: &[&str]) -> String {
    Place::new().run_each(lines)
}
