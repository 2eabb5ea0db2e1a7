//! `cargo xtask test`: every test there is.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::failure::{Context, Failure, Result};
use crate::{lab, packages, process, say};

/// The end-to-end tests share one server, so they take turns.
const END_TO_END: &str = "dataflow-tests";

#[derive(Default, Debug, PartialEq)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Brings the lab up, then runs the tests whose names contain one of `filter` (all without one). Ends with one line of counts.
pub(crate) fn main(filter: &[String]) -> Result<()> {
    packages::ensure_for_browser()?;
    lab::up()?;
    process::run(process::cargo().args([
        "build",
        "--package",
        "dataflow-cli",
        "--package",
        "dataflow-preflight",
        "--package",
        "dataflow-web",
    ]))?;
    let mut count = Count::default();
    let unit = run(
        cargo_test()
            .args(["--workspace", "--exclude", END_TO_END, "--"])
            .args(filter),
        &mut count,
    );
    let end_to_end = run(
        cargo_test()
            .args(["--package", END_TO_END, "--", "--test-threads=1"])
            .args(filter),
        &mut count,
    );
    say::line(format!(
        "\n{} passed, {} failed, {} skipped",
        count.passed, count.failed, count.skipped
    ));
    unit.and(end_to_end)?;
    if count.passed == 0 {
        Err(Failure::new("no test was run"))
    } else {
        Ok(())
    }
}

fn cargo_test() -> Command {
    let mut command = process::cargo();
    // A snapshot that differs is a failure, never a new file.
    command
        .env("INSTA_UPDATE", "no")
        .env("DATAFLOW_BIN", process::target().join("debug/dataflow"));
    command.args(["test", "--no-fail-fast"]);
    command
}

/// Runs `cargo test`, showing its output and adding up its counts.
fn run(command: &mut Command, count: &mut Count) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    for line in BufReader::new(output).lines() {
        let line = line.context("the output of cargo test")?;
        count.add(&line);
        say::line(line);
    }
    let status = child.wait().context("cargo test")?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new("there are failed tests"))
    }
}

impl Count {
    /// Takes `test result: ok. 3 passed; 0 failed; 1 ignored; …` into account, and no other line.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split("; ") {
            match part
                .split_once(' ')
                .map(|(number, what)| (number.parse().unwrap_or(0), what))
            {
                Some((number, "passed")) => self.passed += number,
                Some((number, "failed")) => self.failed += number,
                Some((number, "ignored")) => self.skipped += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_lines_of_cargo_test_when_added_then_only_results_count() {
        let mut count = Count::default();
        count.add("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        count.add("test spec::given_a_path ... ok");
        count.add("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        assert_eq!(
            count,
            Count {
                passed: 5,
                failed: 1,
                skipped: 1
            }
        );
    }
}
