//! Looks at a server. Reads only.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    error::LifecycleError,
    lock::{self, Lease},
    observed::{Containers, DeliveredToken, Directory, Observed, aside},
    remembered::Remembered,
};
use crate::{
    docker::{DockerError, Engine},
    facts::{self, Facts, FactsError, PROBE, catalogue, facts_of},
    host::{ClockSkew, Command, Host, shown},
    spec::{ImageRef, Owner, Release, Spec, TokenFingerprint},
};

/// How long reading the server's files may take; sudo may ask a directory service first.
const READ: Duration = Duration::from_secs(30);

/// The most that it may say.
const LIMIT: usize = 1 << 20;

/// What stands before each line of the password file in the answer.
const PASSWORD_FILE: &str = "password-file ";

/// What is read of the token's file, where there is one: its mode, its owner, when it was written, and the digest of what it holds.
const TOKEN_FILE: &str = r#"test ! -f "$token" || echo "token $(stat -L -c '%f %u %g %Y' "$token") $(head -c 65536 "$token" | sha256sum)"
"#;

/// How the answer of the probe begins.
const PROBED: &str = "\n#### began\n";

/// Has the machine looked at.
const CALL: &str = "\nprobe \"$data\" \"$packages\" \"$units\" no \"$metadata\"";

/// Everything that planning for `spec` needs, in one command on the server and a few questions to its engine.
pub(super) async fn observe(
    host: &Host,
    engine: &Engine,
    release: &Release,
    spec: &Spec,
) -> Result<Observed, LifecycleError> {
    let command = question(release, spec, "");
    let (observed, _) = observe_by(&command, host, engine, release, spec).await?;
    Ok(observed)
}

/// The same, and what the machine is, in the same command. Where there is no engine, nothing is seen of it.
pub(super) async fn observe_with_facts(
    host: &Host,
    engine: impl Into<Option<&Engine>>,
    release: &Release,
    spec: &Spec,
) -> Result<(Observed, Facts), LifecycleError> {
    let probe = format!("probe() (\n{PROBE})\n");
    let command = question(release, spec, &probe)
        .deadline(READ + facts::DEADLINE)
        .limit(LIMIT + facts::LIMIT);
    let (observed, facts) = match engine.into() {
        Some(engine) => observe_by(&command, host, engine, release, spec).await?,
        None => read_server(&command, host, release, spec).await?,
    };
    let mut facts = facts.ok_or_else(|| FactsError::BrokeOff {
        host: host.label(),
        detail: "what it is was not told to the end".to_owned(),
    })?;
    let pbx = Some(spec.pbx().get());
    facts.pbx_node = facts::pbx_node(&facts.aws, pbx, spec.metadata()).await;
    Ok((observed, facts))
}

async fn observe_by(
    command: &Command,
    host: &Host,
    engine: &Engine,
    release: &Release,
    spec: &Spec,
) -> Result<(Observed, Option<Facts>), LifecycleError> {
    let images = [spec.clickhouse_image(), spec.image()];
    let ((server, facts), containers, images) = tokio::try_join!(
        read_server(command, host, release, spec),
        async { Ok(containers(engine, release).await?) },
        async { Ok(find_images(engine, images).await?) },
    )?;
    let observed = Observed {
        containers,
        images,
        ..server
    };
    Ok((observed, facts))
}

/// The containers that are wanted, and what an interrupted run may have left.
pub(super) async fn containers(
    engine: &Engine,
    release: &Release,
) -> Result<Containers, DockerError> {
    let names = [
        release.clickhouse_name.to_owned(),
        release.service_name.to_owned(),
        release.init_name.to_owned(),
        aside(release.clickhouse_name),
        aside(release.service_name),
    ];
    let mut found = Containers::new();
    for name in names {
        if let Some(container) = engine.container(&name).await? {
            found.insert(name, container);
        }
    }
    Ok(found)
}

async fn find_images(
    engine: &Engine,
    wanted: [&ImageRef; 2],
) -> Result<BTreeMap<String, crate::docker::Image>, DockerError> {
    let mut found = BTreeMap::new();
    for image in wanted {
        if let Some(there) = engine.image(&image.to_string()).await? {
            found.insert(image.to_string(), there);
        }
    }
    Ok(found)
}

async fn read_server(
    command: &Command,
    host: &Host,
    release: &Release,
    spec: &Spec,
) -> Result<(Observed, Option<Facts>), LifecycleError> {
    let asked = SystemTime::now();
    let answer = host.exec(command).await?;
    if !answer.success() {
        return Err(LifecycleError::Read {
            host: host.label(),
            detail: answer.stderr_shown(),
        });
    }
    let text = String::from_utf8_lossy(&answer.stdout);
    // No line before the probe's begins in the way that its sections do.
    let (server, probed) = text.split_at(text.find(PROBED).unwrap_or(text.len()));
    let data_path = spec.data_path().to_string();
    let facts = facts_of(probed, host, &data_path, asked, SystemTime::now());
    Ok((understand(server, release, asked), facts))
}

/// One script for all: opening a channel costs more than what runs in it. It uses nothing beyond POSIX but `stat` and,
/// for the names of listening programs, `ss` where it is there.
/// `probe` makes a function of that name, where the machine is to be looked at too.
fn question(release: &Release, spec: &Spec, probe: &str) -> Command {
    let ports = [release.clickhouse_http_port, release.clickhouse_native_port];
    let token = spec.token_file().unwrap_or_default();
    let script = format!(
        r#"data=$1 packages=$2 units=$3 metadata=$4 file=$5 token=$6; shift 6
{probe}echo "clock $(date +%s)"
{kept}{token}for d in "$@"; do test -e "$d" && stat -L -c 'path %f %u %g %n' "$d"; done
grep -hiE '^ *[0-9]+: [0-9A-F]+:({hex}) [0-9A-F]+:0000 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
command -v ss >/dev/null && ss -Hltnp 2>/dev/null | grep -E ':({decimal}) ' | sed 's/^/program /'
test ! -e "$file" || head -c 65536 "$file" >/dev/null || exit
test ! -e "$file" || head -c 65536 "$file" | sed 's/^/{PASSWORD_FILE}/'{call}"#,
        call = if probe.is_empty() { "" } else { CALL },
        kept = lock::reading(),
        token = if token.is_empty() { "" } else { TOKEN_FILE },
        hex = ports.map(|port| format!("{port:04X}")).join("|"),
        decimal = ports.map(|port| port.to_string()).join("|"),
    );
    let directories = release.directories(spec);
    Command::shell(script)
        .arg(spec.data_path().to_string())
        .arg(catalogue::packages())
        .arg(catalogue::units())
        .arg(spec.metadata().argument())
        .arg(release.password_path(spec))
        .arg(token)
        .args(directories.into_iter().map(|directory| directory.path))
        .sudo()
        .deadline(READ)
}

/// Makes sense of the answer. Lines that make none are passed over: they come from a remote machine.
fn understand(answer: &str, release: &Release, asked: SystemTime) -> Observed {
    let mut observed = Observed::default();
    let mut password_file = Vec::new();
    for line in answer.lines() {
        if let Some(line) = line.strip_prefix(PASSWORD_FILE) {
            password_file.push(line);
        } else if let Some(rest) = line.strip_prefix("path ") {
            observed.directories.extend(directory_of(rest));
        } else if let Some(rest) = line.strip_prefix("token ") {
            (observed.token, observed.token_since) = token_of(rest).unzip();
        } else if let Some(rest) = line.strip_prefix("clock ") {
            let time = rest.parse().ok();
            observed.clock = time.map(|time| ClockSkew::of(time, asked));
        } else if let Some(lease) = line.strip_prefix("lease ") {
            observed.holder = Some(Lease::read(lease));
        } else if let Some(deployment) = line.strip_prefix("deployment ") {
            observed.remembered = Remembered::read(deployment);
        } else if let Some(rest) = line.strip_prefix("program ") {
            if let Some((port, program)) = program_of(rest) {
                observed.listeners.insert(port, program);
            }
        } else if let Some(port) = listening_port_of(line) {
            let unknown = || "another program".to_owned();
            observed.listeners.entry(port).or_insert_with(unknown);
        }
    }
    observed.password = password_of(&password_file, release);
    observed
}

/// Reads `MODE UID GID TIME DIGEST …`.
fn token_of(line: &str) -> Option<(DeliveredToken, Timestamp)> {
    let mut fields = line.split_whitespace();
    let mode = u32::from_str_radix(fields.next()?, 16).ok()?;
    let uid = fields.next()?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let since = Timestamp::from_second(fields.next()?.parse().ok()?).ok()?;
    let token = DeliveredToken {
        fingerprint: TokenFingerprint::of_digest(fields.next()?)?,
        mode: mode & 0o7777,
        owner: Owner { uid, gid },
    };
    Some((token, since))
}

/// Reads `MODE UID GID PATH`, the mode in hexadecimal with the file's type, as `stat` prints it.
fn directory_of(line: &str) -> Option<(String, Directory)> {
    let mut fields = line.splitn(4, ' ');
    let mode = u32::from_str_radix(fields.next()?, 16).ok()?;
    let uid = fields.next()?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let path = fields.next()?.to_owned();
    let directory = Directory {
        is_directory: mode & 0o170_000 == 0o040_000,
        mode: mode & 0o7777,
        owner: Owner { uid, gid },
    };
    Some((path, directory))
}

/// Reads the port from a line of `/proc/net/tcp`, whose second field is address and port in hexadecimal.
fn listening_port_of(line: &str) -> Option<u16> {
    let (_address, port) = line.split_whitespace().nth(1)?.rsplit_once(':')?;
    u16::from_str_radix(port, 16).ok()
}

/// Reads port and program from a line of `ss -ltnp`: `… 0.0.0.0:8123 … users:(("nginx",pid=1,fd=6))`.
fn program_of(line: &str) -> Option<(u16, String)> {
    let (_address, port) = line.split_whitespace().nth(3)?.rsplit_once(':')?;
    let program = line.split_once("((\"")?.1.split('"').next()?;
    let pid = line.split_once("pid=").and_then(|(_, rest)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    });
    let program = shown(program.as_bytes());
    let described = match pid {
        Some(pid) => format!("{program} (process {pid})"),
        None => program,
    };
    Some((port.parse().ok()?, described))
}

/// Reads the password from the service's INI file. An empty one counts as none: it would let anybody in.
fn password_of(file: &[&str], release: &Release) -> Option<SecretString> {
    let mut in_section = false;
    for line in file.iter().map(|line| line.trim()) {
        if let Some(section) = line.strip_prefix('[') {
            in_section = section.trim_end_matches(']').trim() == release.password_file.section;
        } else if in_section
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == release.password_file.key
        {
            let value = value.trim();
            let unquoted = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .unwrap_or(value);
            return (!unquoted.is_empty()).then(|| unquoted.into());
        }
    }
    None
}

#[cfg(test)]
#[path = "observe_tests.rs"]
mod tests;
