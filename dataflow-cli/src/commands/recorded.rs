//! `dataflow preflight --facts`: judges what was recorded elsewhere. It asks no server and reads no settings of one.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use dataflow_core::{
    facts::{Facts, RECORDED_LIMIT},
    preflight::{self as checks, Expectations, Report},
};

use super::{
    preflight,
    several::{Answer, Answers},
};
use crate::{
    args::{Cli, PreflightArgs},
    error::{CliError, Failure},
    exit::ExitStatus,
    printer::Printer,
    settings,
};

pub(super) fn recorded(
    cli: &Cli,
    args: &PreflightArgs,
    printer: Printer,
) -> Result<ExitStatus, Failure> {
    let of_a_server = [
        ("--server", !cli.global.servers.is_empty()),
        ("--config", cli.global.config.is_some()),
        ("--host", cli.global.ssh.host.is_some()),
    ];
    if let Some((flag, _)) = of_a_server.into_iter().find(|(_, given)| *given) {
        return Err(CliError::NotWithFacts { flag }.into());
    }
    let expectations = preflight::expectations(&settings::from_flags(cli), args);
    let answers = args.facts.iter().map(|path| Answer {
        name: path.display().to_string(),
        result: judge(path, &expectations),
    });
    let answers = Answers::new(answers.collect(), printer);
    preflight::report(answers, args, cli.global.output.page())
}

fn judge(path: &Path, expectations: &Expectations) -> Result<Report, Failure> {
    let text = text(path).map_err(|error| CliError::Unreadable {
        what: "the file of facts",
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(checks::judge(&Facts::from_json(&text)?, expectations)?)
}

fn text(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        io::read_to_string(io::stdin().take(RECORDED_LIMIT))
    } else {
        io::read_to_string(File::open(path)?.take(RECORDED_LIMIT))
    }
}
