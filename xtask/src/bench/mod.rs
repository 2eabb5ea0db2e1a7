//! `cargo xtask bench`: what the program costs and how it compares, measured on the lab in one run.
//!
//! A benchmark, not a test: figures differ from machine to machine. What is compared is measured in turns in the same run, so
//! that a busy machine slows both.

mod ansible;
mod clickhouse;
mod facts;
mod incumbent;
mod limits;
mod operations;
mod own_start;
mod panel;
mod preflight;
mod program;
mod ratios;
mod report;
mod samples;
mod secrets;
mod server;
mod sshd;
mod table;
mod traces;
mod watch;

use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;

use crate::failure::{Context, Failure, Result};
use crate::{lab, packages, process, say};
use operations::Round;
use program::Program;
use report::Report;

/// Ratios are cheap to measure and need many samples: this many for each round of all verbs.
const PAIRS_PER_ROUND: u32 = 10;

#[derive(Args)]
pub(crate) struct Options {
    /// Exit with 1 where a figure is over its limit or no better than the incumbent's
    #[arg(long)]
    check: bool,
    /// How often all verbs are gone through
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Measure the control panel alone
    #[arg(long)]
    panel: bool,
}

/// Measures and prints. What is deployed on the lab's server is removed, before and after.
pub(crate) fn main(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        return as_release();
    }
    let began = Instant::now();
    lab::up()?;
    packages::ensure_for_bench()?;
    let web = process::release_build("dataflow-web", "dataflow-web")?;
    let binary = match options.panel {
        true => web.clone(),
        false => process::release_build("dataflow-cli", "dataflow")?,
    };
    let program = Program::new(&binary)?;
    let mut report = Report::default();
    if !options.panel {
        measure_program(&program, options.runs, &mut report)?;
    }
    say::line("measuring the panel with a thousand viewers, and with those who mean no good");
    panel::measure(&program, &web, &mut report)?;
    server::reset(false)?;

    say::line(format!("\n{}", facts::of_machine(&binary)?));
    say::line(report.text());
    let file = process::target().join("bench.json");
    let json = serde_json::to_string_pretty(&report).context("the report as JSON")?;
    fs::write(&file, json).context(file.display())?;
    say::line(format!(
        "every sample: {} ({:.0} s in all)",
        file.display(),
        began.elapsed().as_secs_f64()
    ));

    let missed = report.missed();
    if missed.is_empty() {
        say::line("every limit is kept, and no figure is worse than the incumbent's");
        return Ok(());
    }
    let sentence = format!("not met: {}", missed.join("; "));
    if options.check {
        return Err(Failure::new(sentence));
    }
    say::line(sentence);
    Ok(())
}

/// Does the same as a release build of this task: one that asks slower than the panel answers measures itself.
fn as_release() -> Result<()> {
    let task = process::release_build("xtask", "xtask")?;
    process::run(Command::new(task).args(env::args_os().skip(1)))
}

/// The program beside its peers, and what it leaves behind.
fn measure_program(program: &Program, runs: u32, report: &mut Report) -> Result<()> {
    let local = process::release_build("dataflow-preflight", "dataflow-preflight")?;
    say::line("measuring preflight beside Ansible and OpenSSH");
    preflight::measure(program, &local, runs * PAIRS_PER_ROUND, report)?;

    say::line("measuring status and a run without changes beside bare ssh");
    ratios::measure(program, runs * PAIRS_PER_ROUND, report)?;
    for round in 1..=runs {
        say::line(format!("measuring all verbs, round {round} of {}", runs));
        Round {
            program,
            report,
            // Evenly over the second between two rows.
            phase: Duration::from_secs(1) * (2 * round - 1) / (2 * runs),
        }
        .measure()?;
    }
    // Last, since it holds much in memory, and that counts as a child's peak: see `Run::megabytes`.
    say::line("measuring what is changed on the host and where secrets show");
    traces::measure(program, report)?;
    Ok(())
}
