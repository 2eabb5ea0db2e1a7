//! Root file systems, made from Debian's packages.

use std::fs::{self, File};
use std::process::Stdio;
use std::time::Instant;

use super::files;
use super::images::HASH_LABEL;
use crate::docker::docker;
use crate::failure::{Context, Failure, Result};
use crate::{process, say};

const SUITE: &str = "bookworm";

/// How mmdebstrap is called; part of the hash, so that a change here rebuilds.
const OPTIONS: &[&str] = &[
    "--quiet",
    "--variant=minbase",
    "--aptopt=Apt::Install-Recommends \"false\"",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
];

/// The packages that `xtask/lab/NAME/packages` lists, one a line.
pub(super) fn packages(name: &str) -> Result<String> {
    let path = files::assets(name).join("packages");
    let text = fs::read_to_string(&path).context(path.display())?;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.collect::<Vec<_>>().join(","))
}

/// Everything that decides what is in the root file system.
pub(super) fn recipe(name: &str) -> Result<String> {
    Ok(format!("{SUITE} {} {}", OPTIONS.join(" "), packages(name)?))
}

/// Makes the root file system and brings it in as image `dataflow-lab/NAME`.
pub(super) fn build(name: &str, hash: &str) -> Result<()> {
    let start = Instant::now();
    let image = format!("dataflow-lab/{name}");
    say::line(format!("building {image} from Debian packages"));
    files::make_private_directory(&files::directory())?;
    let log = files::directory().join(format!("{name}.log"));
    let log_file = File::create(&log).context(log.display())?;
    let mut debootstrap = process::as_root("mmdebstrap")
        .args(OPTIONS)
        .arg(format!("--include={}", packages(name)?))
        .args([SUITE, "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log_file)
        .spawn()
        .context("mmdebstrap")?;
    let tar = debootstrap
        .stdout
        .take()
        .context("mmdebstrap has no output")?;
    let labels = format!("LABEL {HASH_LABEL}={hash} {}", super::LABEL);
    let imported = docker()
        .args(["import", "--change", &labels, "-", &image])
        .stdin(tar)
        .stdout(Stdio::null())
        .status();
    if !debootstrap.wait().context("mmdebstrap")?.success() {
        // What came in is cut short: it must not be taken for the whole.
        process::succeeds(docker().args(["image", "rm", &image]));
        let text = fs::read_to_string(&log).unwrap_or_default();
        let why = text
            .lines()
            .rev()
            .find(|line| line.starts_with("E:"))
            .unwrap_or("no reason given")
            .to_owned();
        return Err(Failure::new(format!(
            "mmdebstrap could not build {image}: {why} (all of it: {})",
            log.display()
        )));
    }
    if !imported.context("docker import")?.success() {
        return Err(Failure::new(format!("docker import of {image} failed")));
    }
    say::line(format!(
        "built {image} ({:.0} s)",
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}
