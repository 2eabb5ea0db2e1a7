//! The program from the outside: whole standard output, standard error and exit code, without any server.

#![allow(clippy::unwrap_used, missing_docs)]

use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

use insta::assert_snapshot;
use tempfile::TempDir;

/// A directory to run in, with an environment that holds nothing but what the test sets.
struct Place {
    directory: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
            variables: Vec::new(),
        }
    }

    fn with_file(self, name: &str, text: &str, mode: u32) -> Self {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn run(&self, arguments: &str) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_dataflow"))
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .envs(self.variables.iter().copied())
            .output()
            .unwrap();
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

    fn run_each(&self, lines: &[&str]) -> String {
        lines
            .iter()
            .map(|line| self.run(line))
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn run(arguments: &str) -> String {
    Place::new().run(arguments)
}

fn run_each(lines: &[&str]) -> String {
    Place::new().run_each(lines)
}

#[test]
fn help_of_the_program() {
    assert_snapshot!(run("--help"));
}

#[test]
fn no_verb_shows_the_help_as_an_error() {
    let said = run("");
    assert!(
        said.contains("exit code 2\n--- standard output\n--- standard error\nDeploys"),
        "{said}"
    );
}

#[test]
fn help_of_each_verb() {
    for verb in [
        "run", "start", "stop", "restart", "upgrade", "rm", "status", "logs",
    ] {
        assert_snapshot!(format!("help_of_{verb}"), run(&format!("{verb} --help")));
    }
}

#[test]
fn mistyped_verbs_and_flags_get_a_suggestion() {
    assert_snapshot!(run_each(&[
        "statsu",
        "frobnicate",
        "run --pbxx 172.31.16.133",
        "start -x 172.31.16.133",
        "status -a",
        "status extra",
        "status -v -q",
        "--output yaml status",
    ]));
}

#[test]
fn values_that_are_not_allowed_say_what_is() {
    assert_snapshot!(run_each(&[
        "run -a 172.31.16.300 -x 172.31.16.133",
        "run -a 127.0.0.1 -x 172.31.16.133",
        "run -p portsip -a 172.31.16.158 -x 172.31.16.133",
        "run -p /etc -a 172.31.16.158 -x 172.31.16.133",
        "run -i portsip/PBX:22 -a 172.31.16.158 -x 172.31.16.133",
        "run -g 0 -a 172.31.16.158 -x 172.31.16.133",
        "run -R https://docker.io -a 172.31.16.158 -x 172.31.16.133",
        "run --pull sometimes",
        "upgrade -P canary --registry-token-file token",
    ]));
}

#[test]
fn what_is_missing_is_said_with_the_flag_that_gives_it() {
    assert_snapshot!(run_each(&[
        "status",
        "run",
        "run -a 172.31.16.158",
        "run --host local -x 172.31.16.133",
        "run -a 172.31.16.158 -x 172.31.16.133 -U alice",
    ]));
}

#[test]
fn with_json_every_error_is_json_on_standard_output() {
    assert_snapshot!(run_each(&[
        "run --output json",
        "--output=json statsu",
        "run --output json --pbxx 1",
        "run --output json -a 172.31.16.300",
        "--output json",
    ]));
}

#[test]
fn the_settings_file_in_the_directory_is_read_and_flags_win() {
    let place = Place::new().with_file(
        "dataflow.toml",
        "private-ip = '172.31.16.158'\npbx = '172.31.16.133'\n",
        0o644,
    );
    // Complete: the program gets as far as doing the verb.
    assert!(
        !place.run("run -v").contains("exit code 2"),
        "{}",
        place.run("run -v")
    );
    assert!(
        place
            .run("run -v")
            .contains("settings file: dataflow.toml\n")
    );
    let broken = Place::new().with_file(
        "dataflow.toml",
        "private-ip = '172.31.16.158'\npxb = '172.31.16.133'\n",
        0o644,
    );
    assert_snapshot!(broken.run_each(&[
        "status",
        "status --config other.toml",
        "status --config ."
    ]));
}

#[test]
fn a_token_given_as_an_argument_is_taken_with_a_warning_and_not_shown() {
    let said = run("run -a 172.31.16.158 -U alice -P canary");
    let (command, rest) = said.split_once('\n').unwrap();
    assert!(
        command.contains("canary") && !rest.contains("canary"),
        "{said}"
    );
    assert_snapshot!(rest);
}

#[test]
fn secrets_come_from_files_and_variables() {
    let place = Place::new()
        .with_file("good", "canary\n", 0o600)
        .with_file("open", "canary\n", 0o644)
        .with_file("empty", "\n", 0o600)
        .with_file("lines", "canary\ncanary\n", 0o600)
        .with_file("flow.toml", "[ssh]\npassword-file = '~/open'\n", 0o600);
    // Without -a and --host every one of these ends with an error, after the secrets were read.
    let said = place.run_each(&[
        "status --password-file good",
        "status --password-file open",
        "status --sudo-password-file empty",
        "status --password-file lines",
        "status --password-file missing",
        "status --config flow.toml",
        "status --config flow.toml --password-file good",
        "run -a 172.31.16.158 -x 172.31.16.133 -U alice --registry-token-file empty",
    ]);
    assert!(!said.contains("canary"), "{said}");
    assert_snapshot!(said);
}

#[test]
fn a_variable_is_stronger_than_the_file_and_weaker_than_a_flag() {
    let place = Place::new()
        .with_file("dataflow.toml", "[ssh]\npassword-file = 'missing'\n", 0o600)
        .with_variable("DATAFLOW_SSH_PASSWORD", "canary");
    let said = place.run("status");
    assert!(
        said.contains("the server to work on is not given") && !said.contains("canary"),
        "{said}"
    );
    let said = place.run("status --password-file other");
    assert!(
        said.contains("the secret file other cannot be read"),
        "{said}"
    );
    let token = Place::new().with_variable("DATAFLOW_REGISTRY_TOKEN", "canary");
    let said = token.run("run -a 172.31.16.158 -x 172.31.16.133");
    assert!(
        said.contains("without the user that it belongs to") && !said.contains("canary"),
        "{said}"
    );
}

#[test]
fn a_token_in_a_variable_is_for_the_registry_that_the_flags_name() {
    let place = Place::new().with_variable("DATAFLOW_REGISTRY_TOKEN", "canary");
    // Nobody listens there: the settings were complete when the program tried to connect.
    let said = place.run("run --host ssh://alice@127.0.0.1:1 -a 172.31.16.158 -x 172.31.16.133 -R registry.example.com -U alice");
    assert!(
        said.contains("refuses connections") && !said.contains("canary"),
        "{said}"
    );
}
