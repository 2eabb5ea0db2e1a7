//! The Docker Engine of this machine: found, or started and later stopped again.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::{process, say, wait};

/// There while an engine runs that the lab started: only such a one is ever stopped.
const PID_FILE: &str = "/run/dataflow-lab-dockerd.pid";
const LOG_FILE: &str = "/var/log/dataflow-lab-dockerd.log";

/// The `docker` command line, as root.
pub(crate) fn docker() -> Command {
    process::as_root("docker")
}

/// Whether an engine answers on this machine.
pub(crate) fn answers() -> bool {
    process::succeeds(docker().args(["version", "--format", "{{.Server.Version}}"]))
}

/// Uses the engine that answers, or starts one.
pub(crate) fn ensure() -> Result<()> {
    if answers() {
        return Ok(());
    }
    say::line(format!("starting the Docker Engine (log: {LOG_FILE})"));
    // A session of its own and no stream of ours: whoever waits for our output must not wait for the engine's end.
    let start = format!("exec dockerd --pidfile {PID_FILE} >{LOG_FILE} 2>&1 </dev/null");
    let mut command = process::as_root("setsid");
    command.args(["--fork", "sh", "-c", &start]);
    process::run(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )?;
    wait::until("the Docker Engine", Duration::from_secs(60), || {
        answers().then_some(())
    })
    .map_err(|_| {
        let log = process::capture(process::as_root("tail").args(["-n", "1", LOG_FILE]))
            .unwrap_or_default();
        Failure::new(format!(
            "the Docker Engine cannot run on this machine: {} (all of it: {LOG_FILE})",
            log.trim()
        ))
    })
}

/// Stops the engine if, and only if, the lab started it.
pub(crate) fn stop_ours() -> Result<()> {
    let Ok(pid) = fs::read_to_string(PID_FILE) else {
        return Ok(());
    };
    let pid = pid.trim();
    // The number may have passed to another program since. What has ended and was not waited for has no command line.
    let is_dockerd = || {
        fs::read_to_string(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line.starts_with("dockerd\0"))
    };
    if is_dockerd() {
        say::line("stopping the Docker Engine that the lab started");
        // The shell's own: a minimal system has no program of that name.
        process::capture(process::as_root("sh").args(["-c", &format!("kill {pid}")]))?;
        wait::until("the Docker Engine to stop", Duration::from_secs(60), || {
            (!is_dockerd()).then_some(())
        })?;
    }
    process::capture(process::as_root("rm").args(["-f", PID_FILE])).map(drop)
}
