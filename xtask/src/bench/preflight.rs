//! What it costs to judge a server: on the machine itself, over SSH beside Ansible, and many at once beside as many OpenSSH
//! clients that run the same command.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ansible::Ansible;
use super::limits;
use super::program::{Program, Run, SignIn};
use super::report::Report;
use super::sshd::Servers;
use crate::failure::{Context, Failure, Result};
use crate::wait;

/// How many servers are asked at once.
const MANY: u8 = 50;

/// How long sshd may take to write down that a connection is over.
const PATIENCE: Duration = Duration::from_secs(10);

/// `count` samples of what is quick, less of what is not.
pub(super) fn measure(
    program: &Program,
    local: &Path,
    count: u32,
    report: &mut Report,
) -> Result<()> {
    // Half of it a minute after the other: an absolute figure has no peer that is slowed by what else the machine does.
    alone(program, local, count.div_ceil(2), report)?;
    let servers = Servers::start("sshd", MANY, "")?;
    one(program, &servers, count.div_ceil(5), report)?;
    many(program, &servers, count.div_ceil(5), report)?;
    drop(servers);
    alone(program, local, count / 2, report)
}

/// The program for the machine itself.
fn alone(program: &Program, local: &Path, count: u32, report: &mut Report) -> Result<()> {
    for _ in 0..count {
        let run = judged(program.run(&mut Command::new(local))?)?;
        report.limited(limits::PREFLIGHT_LOCAL, run.wall.as_secs_f64() * 1e3);
        report.limited(limits::MEMORY_PREFLIGHT, run.megabytes);
    }
    Ok(())
}

/// One server, in turns with Ansible.
fn one(program: &Program, servers: &Servers, count: u32, report: &mut Report) -> Result<()> {
    let ansible = Ansible::ensure()?;
    let server = servers.sign_ins().next().context("no server")?;
    let settings = servers.path("first.toml");
    let preflight = || judged(program.dataflow_with(&settings, &["preflight"])?);

    preflight()?;
    wait::until("sshd to close the connection", PATIENCE, || {
        servers
            .count("Disconnected from")
            .ok()
            .filter(|closed| *closed > 0)
    })?;
    for (limit, words) in [
        (limits::PREFLIGHT_HANDSHAKES, "Accepted publickey"),
        (limits::PREFLIGHT_CHANNELS, "Starting session: command"),
    ] {
        report.limited(limit, servers.count(words)? as f64);
    }

    for turn in 0..count {
        let (ours, theirs);
        if turn % 2 == 0 {
            ours = preflight()?;
            theirs = ansible.setup(program, &server)?;
        } else {
            theirs = ansible.setup(program, &server)?;
            ours = preflight()?;
        }
        report.limited(limits::beside("preflight over SSH"), ours.seconds());
        report.limited(limits::ANSIBLE, theirs.seconds());
        report.limited(limits::PREFLIGHT, ours.seconds() / theirs.seconds());
    }
    Ok(())
}

/// All servers at once, in turns with OpenSSH clients.
fn many(program: &Program, servers: &Servers, count: u32, report: &mut Report) -> Result<()> {
    let command = recorded(program)?;
    let settings = servers.path("all.toml");
    let ours = || -> Result<f64> {
        let run = program.dataflow_with(&settings, &["--output", "json", "preflight"])?;
        let answers = run.output.matches("\"verdict\":").count();
        if answers == usize::from(MANY) {
            return Ok(run.seconds());
        }
        Err(Failure::new(format!(
            "{answers} of {MANY} servers were judged:\n{}",
            run.output.trim_end()
        )))
    };
    let theirs = || clients(servers.sign_ins(), &command);
    for turn in 0..count {
        let (dataflow, ssh);
        if turn % 2 == 0 {
            dataflow = ours()?;
            ssh = theirs()?;
        } else {
            ssh = theirs()?;
            dataflow = ours()?;
        }
        report.limited(limits::beside("preflight, 50 servers at once"), dataflow);
        report.limited(limits::CLIENTS, ssh);
        report.limited(limits::PREFLIGHT_MANY, dataflow / ssh);
    }
    Ok(())
}

/// The command that the program has a server run, as the server gets it.
fn recorded(program: &Program) -> Result<String> {
    let recorder = Servers::start(
        "recorder",
        1,
        "ForceCommand printf %s \"$SSH_ORIGINAL_COMMAND\" >{}/command; exec sh -c \"$SSH_ORIGINAL_COMMAND\"",
    )?;
    judged(program.dataflow_with(&recorder.path("first.toml"), &["preflight"])?)?;
    let file = recorder.path("command");
    fs::read_to_string(&file).context(file.display())
}

/// How long it takes until as many OpenSSH clients as there are servers have run this, in seconds.
fn clients(servers: impl Iterator<Item = SignIn>, command: &str) -> Result<f64> {
    let began = Instant::now();
    let start = |server: SignIn| {
        let mut ssh = server.ssh(command);
        ssh.stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    };
    let clients: Vec<Child> = servers
        .map(start)
        .collect::<std::io::Result<_>>()
        .context("ssh")?;
    for mut client in clients {
        let status = client.wait().context("ssh")?;
        if !status.success() {
            return Err(Failure::new(format!("one of many ssh clients: {status}")));
        }
    }
    Ok(began.elapsed().as_secs_f64())
}

/// What ended with a verdict: fit, or not.
fn judged(run: Run) -> Result<Run> {
    if matches!(run.code, Some(0 | 1)) && run.output.contains("fit") {
        return Ok(run);
    }
    run.succeeded("preflight")
}
