//! `dataflow man`: writes the manual pages, one for the program and one for each verb.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;
use serde::Serialize;

use crate::{
    args::{Cli, ManArgs, Output},
    error::{CliError, Failure},
    exit::ExitStatus,
    printer::Printer,
};

pub(super) fn man(man: &ManArgs, printer: Printer) -> Result<ExitStatus, Failure> {
    let unwritable = |error: std::io::Error| CliError::Unwritable {
        what: "the manual pages cannot be written to",
        path: man.out.clone(),
        reason: error.to_string(),
    };
    std::fs::create_dir_all(&man.out).map_err(unwritable)?;
    let mut files = Vec::new();
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    // Built, a verb knows that it is a part of this program: `man dataflow-VERB` finds its page.
    let verbs = program.get_subcommands();
    for command in std::iter::once(&program).chain(verbs).cloned() {
        let file = Man::new(command)
            .source(concat!("dataflow ", env!("CARGO_PKG_VERSION")))
            .manual("dataflow")
            .generate_to(&man.out)
            .map_err(unwritable)?;
        files.push(file);
    }
    match printer.output() {
        Output::Human => printer.result(&format!(
            "{} pages are written to {}; man -l {} shows one",
            files.len(),
            man.out.display(),
            files
                .first()
                .map_or("FILE".into(), |file| file.display().to_string())
        )),
        Output::Json => printer.json_result(None, &Pages { files }),
    }
    Ok(ExitStatus::Success)
}

#[derive(Serialize)]
struct Pages {
    files: Vec<PathBuf>,
}
