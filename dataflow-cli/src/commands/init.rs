//! `dataflow init`: writes a commented settings file to begin with.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use dataflow_core::spec::{Secret, Settings, Spec, SpecError};
use serde::Serialize;

use super::init_questions;
use crate::{
    args::{Cli, InitArgs, Output},
    error::{CliError, Failure},
    exit::ExitStatus,
    printer::Printer,
    prompt::Terminal,
    settings::{self, DEFAULT_FILE},
};

/// What came of it: the file that was written, or its text where it was only to be shown.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome<'a> {
    File(&'a Path),
    Text(&'a str),
}

pub(super) fn init(cli: &Cli, init: &InitArgs, printer: Printer) -> Result<ExitStatus, Failure> {
    if !cli.global.servers.is_empty() {
        return Err(CliError::NameForInit.into());
    }
    let path = cli.global.config.as_deref();
    let path = path.unwrap_or(Path::new(DEFAULT_FILE));
    // Said before any question is asked, and found out again when the file is written.
    if !init.stdout && !init.force && path.symlink_metadata().is_ok() {
        return Err(CliError::FileExists {
            path: path.to_owned(),
        }
        .into());
    }
    let mut settings = settings::from_flags(cli);
    if let Some(terminal) = Terminal::find()
        && printer.output() == Output::Human
    {
        init_questions::complete(&mut settings, &terminal)?;
    }
    check(&settings)?;
    make_absolute(&mut settings);
    let text = settings.to_commented_toml()?;
    let outcome = if init.stdout {
        Outcome::Text(&text)
    } else {
        write(path, &text, init.force)?;
        Outcome::File(path)
    };
    match (printer.output(), &outcome) {
        (Output::Json, outcome) => printer.json_result(None, outcome),
        (Output::Human, Outcome::Text(text)) => printer.result(text.trim_end()),
        (Output::Human, Outcome::File(path)) => printer.result(&format!(
            "{} is written; dataflow plan shows what it would do",
            path.display()
        )),
    }
    Ok(ExitStatus::Success)
}

/// Refuses settings with which no other verb could work.
fn check(settings: &Settings) -> Result<(), SpecError> {
    let pbx = settings.pbx.ok_or(SpecError::NoPbx)?;
    Spec::new(pbx, settings.private_ip, settings.public_ip)?;
    if settings.host.is_none() && settings.private_ip.is_none() {
        return Err(SpecError::NoTarget);
    }
    Ok(())
}

/// A flag's path is meant from the working directory, one in the file from the file's.
fn make_absolute(settings: &mut Settings) {
    let absolute = |path: &mut PathBuf| {
        if !path.starts_with("~")
            && let Ok(whole) = std::path::absolute(&*path)
        {
            *path = whole;
        }
    };
    let ssh = &mut settings.ssh;
    [&mut ssh.identities, &mut ssh.known_hosts]
        .into_iter()
        .flatten()
        .flatten()
        .for_each(absolute);
    for secret in settings.secrets_mut() {
        if let Secret::File(path) = secret {
            absolute(path);
        }
    }
}

/// Writes the file in one go, readable by its owner only; one that is there is left alone unless `force`.
fn write(path: &Path, text: &str, force: bool) -> Result<(), CliError> {
    let unwritable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => CliError::FileExists {
            path: path.to_owned(),
        },
        _ => CliError::Unwritable {
            what: "the settings file cannot be written to",
            path: path.to_owned(),
            reason: error.to_string(),
        },
    };
    let directory = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::metadata(directory).map_err(unwritable)?;
    // What this says of itself names a file that nobody knows.
    let nameless = |error: std::io::Error| unwritable(error.kind().into());
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(nameless)?;
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    let kept = if force {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    kept.map(drop).map_err(|error| unwritable(error.error))
}
