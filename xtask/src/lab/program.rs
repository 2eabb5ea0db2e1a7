//! Programs of this workspace that run in the lab's machines, whose system need not be that of this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::files;
use crate::failure::{Context, Result};
use crate::{process, say};

/// Where the sources of such a program are, and what else decides what it is.
pub(super) fn sources(name: &str) -> [PathBuf; 2] {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    [
        package.join("src/bin").join(name),
        package.join("Cargo.toml"),
    ]
}

/// Builds it with all it needs within: it starts on any Linux of this processor.
fn build(name: &str) -> Result<PathBuf> {
    say::line(format!(
        "building the program {name} (the first time takes a minute)"
    ));
    let about = process::capture(Command::new("rustc").args(["--version", "--verbose"]))?;
    let host = about
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not say for what it builds")?;
    let mut cargo = process::cargo();
    // With a target named, only the program is linked so, and not what runs while building it.
    cargo
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .env("CARGO_PROFILE_DEV_STRIP", "true")
        .args(["build", "--quiet", "--package", "xtask", "--bin", name])
        .args(["--target", host]);
    process::capture(&mut cargo)?;
    Ok(process::target().join(host).join("debug").join(name))
}

/// A directory to build an image from: the image's sources, and the program.
pub(super) fn context(name: &str, sources: &Path) -> Result<PathBuf> {
    let program = build(name)?;
    let context = files::directory().join(format!("context-{name}"));
    if context.exists() {
        fs::remove_dir_all(&context).context(context.display())?;
    }
    files::make_private_directory(&context)?;
    let copy = |from: &Path| {
        let to = context.join(from.file_name().unwrap_or_default());
        fs::copy(from, &to).context(to.display())
    };
    for entry in fs::read_dir(sources).context(sources.display())? {
        copy(&entry.context(sources.display())?.path())?;
    }
    copy(&program)?;
    Ok(context)
}
