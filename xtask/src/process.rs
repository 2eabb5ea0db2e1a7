//! Running programs, as root where that is needed.

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::failure::{Context, Failure, Result};

/// Whether this process has root's rights.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// `program`, run as root: directly, or with sudo where this process is not root.
pub(crate) fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

/// Where `program` is, looked up in `PATH` and in the directories that only root's `PATH` has.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    places
        .map(|place| place.join(program))
        .find(|file| file.is_file())
}

/// Runs to the end with the terminal as it is; a status other than 0 is a failure.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().context(name(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "`{}` failed ({status})",
            name(command)
        )))
    }
}

/// Runs to the end and gives its standard output; a status other than 0 is a failure with the end of its standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .context(name(command))?;
    checked(command, output)
}

/// Like [`capture`], with `input` on standard input.
pub(crate) fn feed(command: &mut Command, input: &[u8]) -> Result<String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(name(command))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that stops reading early tells why by its status.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().context(name(command))?;
    checked(command, output)
}

/// Whether it runs and ends with status 0; its output is of no interest.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn checked(command: &Command, output: Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let end = lines[lines.len().saturating_sub(3)..].join(" / ");
    Err(Failure::new(format!(
        "`{}` failed ({}): {end}",
        name(command),
        output.status
    )))
}

/// The program and its first arguments: enough to tell which step it was. No secret is ever an argument.
fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| {
            word.to_string_lossy()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .take(6)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The cargo that runs this task, without what it told this task of itself: build scripts that heed that would run again, and
/// what depends on them be built again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let of_this_task =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if name.to_str().is_some_and(of_this_task) {
            command.env_remove(name);
        }
    }
    command
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| crate::lab::workspace().join("target"), PathBuf::from)
}

/// Builds a program as users get it, and says where it is.
pub(crate) fn release_build(package: &str, program: &str) -> Result<PathBuf> {
    crate::say::line(format!(
        "building {program} (the first time takes some minutes)"
    ));
    run(cargo().args(["build", "--release", "--package", package]))?;
    Ok(target().join("release").join(program))
}
