//! `cargo xtask demo`: the main job, shown from an empty server to rows arriving.

use std::process::Command;
use std::time::Duration;

use crate::failure::{Context, Result};
use crate::lab::{self, in_server};
use crate::{process, say, wait};

/// On the server; there when what runs there was deployed by an earlier demo. A reset takes it away.
const MARK: &str = "/var/lib/dataflow-lab/demo";

/// Brings the lab up, deploys, and shows the rows arriving. Run again, it finds everything in place.
pub(crate) fn up() -> Result<()> {
    lab::up()?;
    let program = process::release_build("dataflow-cli", "dataflow")?;
    if !process::succeeds(in_server().args(["test", "-e", MARK])) {
        lab::reset(true)?;
        process::capture(in_server().args([
            "sh",
            "-c",
            &format!("mkdir -p $(dirname {MARK}) && touch {MARK}"),
        ]))?;
    }

    let settings = lab::settings_file();
    let dataflow = || {
        let mut command = Command::new(&program);
        command.arg("--config").arg(&settings);
        command
    };
    let command = format!("{} --config {}", relative(&program), relative(&settings));
    let show = |arguments: &[&str]| {
        say::line(format!("\n$ {command} {}", arguments.join(" ")));
        process::run(dataflow().args(arguments))
    };
    show(&["plan"])?;
    // Who started the demo has agreed to what it does.
    show(&["run", "--yes"])?;
    show(&["status"])?;

    say::line("\nrows in ClickHouse:");
    let rows = || rows(dataflow().args(["--output", "json", "status"]));
    let patience = Duration::from_secs(20);
    let first = wait::until("a row count in `dataflow status`", patience, || rows().ok())?;
    let later = wait::until("the row count to grow", patience, || {
        rows().ok().filter(|rows| *rows > first)
    })?;
    say::line(format!("{first}, then {later}: growing"));
    show(&["history", "-n", "3"])?;

    say::line(format!(
        "
running: server {} with portsip.clickhouse (port 8123) and portsip.dataflow; registry {}

to try next:
  {command} status
  {command} upgrade -i portsip/pbx:22.4
  cargo xtask lab shell dataflow

to take it all away: cargo xtask demo --down",
        lab::SERVER,
        lab::REGISTRY
    ));
    Ok(())
}

/// Takes away what the demo started: the lab, and the engine if the lab started it.
pub(crate) fn down() -> Result<()> {
    lab::take_down(false)
}

fn rows(status: &mut Command) -> Result<u64> {
    let text = process::capture(status)?;
    let status: serde_json::Value =
        serde_json::from_str(&text).context("`dataflow status` gave no JSON")?;
    status["result"]["clickhouse"]["rows"]
        .as_u64()
        .context("`dataflow status` gave no row count")
}

/// The path as one would type it here.
fn relative(path: &std::path::Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
