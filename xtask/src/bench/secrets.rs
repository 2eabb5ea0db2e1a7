//! Where the database password and a registry token show while an operation runs, and after it.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::incumbent as script;
use super::limits;
use super::program::Program;
use super::report::Report;
use super::server;
use crate::failure::{Context, Failure, Result};
use crate::lab::{in_server, in_server_reading};
use crate::{process, wait};

/// In memory, for root only: the secrets, one a line. They go in by standard input and are never an argument themselves.
const PLANT: &str =
    "umask 077; mkdir -p /run/bench; cat >/run/bench/secrets; : >/run/bench/watching";

/// Looks at every process's command line over and over; in the end prints those in which a secret was.
const WATCH: &str = r"
while [ -e /run/bench/watching ]; do
    grep -laF -f /run/bench/secrets /proc/[0-9]*/cmdline 2>/dev/null
    : >/run/bench/looked
done | sort -u";

/// Directories that others may not enter are passed over, and with them what the engine keeps of any container's environment.
const READABLE: &str = r#"
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /usr -o -type d ! -perm -o=x \) -prune \
    -o -type f -perm -o=r -size -1024k -exec grep -lF -f /run/bench/secrets {} + | wc -l"#;

const EVENTS: &str = "docker events --since $(cat /run/bench/since) --until $(date +%s) --format '{{json .}}' | grep -cF -f /run/bench/secrets || :";

/// Root's alone, and so not among what all may read. Fails where there is no record to look into.
const KEPT: &str = r#"
[ -n "$(find /var/lib/dataflow -name '*.jsonl' -size +0)" ] && { grep -rlF -f /run/bench/secrets /var/lib/dataflow || :; } | wc -l"#;

const ENVIRONMENT: &str = "docker inspect --format '{{json .Config}}' portsip.clickhouse | grep -cF -f /run/bench/secrets || :";

const SIGN_INS: &str =
    "ls /root/.docker/config.json /home/*/.docker/config.json 2>/dev/null | wc -l";

/// Runs over kept data, whose password is known before, with an image from a registry that asks for a password.
pub(super) fn measure(program: &Program, report: &mut Report) -> Result<()> {
    let registry = program.registry();
    let token = fs::read_to_string(&registry.password_file).context("the registry's password")?;
    let token = token.trim();
    let password = server::password()?;
    if password.is_empty() || token.is_empty() {
        return Err(Failure::new("there is no secret to look for"));
    }
    process::feed(
        in_server_reading().args(["sh", "-c", PLANT]),
        format!("{password}\n{token}\n").as_bytes(),
    )?;
    server::sh("date +%s >/run/bench/since")?;
    let watching = in_server()
        .args(["sh", "-c", WATCH])
        .stdout(Stdio::piped())
        .spawn()
        .context("watching the server's processes")?;
    wait::until("the watch on processes", Duration::from_secs(20), || {
        server::sh("test -e /run/bench/looked").ok()
    })?;

    let image = format!("{}/portsip/pbx:22", registry.private);
    let token_file = registry.password_file.display().to_string();
    let sign_in = [
        "-R",
        &registry.private,
        "-U",
        &registry.user,
        "--registry-token-file",
        &token_file,
    ];
    let mut output = String::new();
    for verb in [["run", "-i", &image], ["upgrade", "-i", &image]] {
        let arguments: Vec<&str> = verb.into_iter().chain(sign_in).collect();
        output.push_str(&program.succeed(&arguments)?.output);
    }
    output.push_str(&program.succeed(&["--output", "json", "status"])?.output);
    server::sh("rm /run/bench/watching")?;
    let seen = watching.wait_with_output().context("watching processes")?;
    let processes = String::from_utf8_lossy(&seen.stdout).lines().count();

    let lines = |secret: &str| output.lines().filter(|line| line.contains(secret)).count() as f64;
    report.compared(script::SHOWN_PASSWORD, lines(&password));
    report.compared(script::SHOWN_TOKEN, lines(token));
    report.compared(script::SECRET_PROCESSES, processes as f64);
    report.compared(script::SECRET_FILES, server::counted(READABLE)?);
    report.compared(script::SECRET_EVENTS, server::counted(EVENTS)?);
    report.compared(script::SECRET_SIGN_INS, server::counted(SIGN_INS)?);
    report.compared(script::SECRET_INSPECT, server::counted(ENVIRONMENT)?);
    report.limited(limits::SECRET_KEPT, server::counted(KEPT)?);
    let copies = texts(&program.journal_copies())?;
    let copies = copies
        .iter()
        .filter(|text| text.contains(&password) || text.contains(token));
    report.limited(limits::SECRET_COPIES, copies.count() as f64);
    server::sh("rm -r /run/bench").map(drop)
}

/// The text of every file below a directory; a failure where there is none.
fn texts(directory: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).context(directory.display())? {
            let path = entry.context(directory.display())?.path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let bytes = fs::read(&path).context(path.display())?;
                texts.push(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    if texts.is_empty() {
        return Err(Failure::new(format!(
            "{} holds no file to look for secrets in",
            directory.display()
        )));
    }
    Ok(texts)
}
