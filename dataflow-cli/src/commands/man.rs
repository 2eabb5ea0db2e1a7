//! `dataflow man`: writes the manual pages, one for the program and one for each verb.

use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};
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
    for command in with_verbs(&program) {
        let file = man.out.join(format!("{}.1", name(&command)));
        let page = page(command).map_err(unwritable)?;
        std::fs::write(&file, page).map_err(unwritable)?;
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

/// A command and its verbs, and theirs.
fn with_verbs(command: &Command) -> Vec<Command> {
    let verbs = command.get_subcommands();
    let verbs = verbs.filter(|verb| verb.get_name() != "help");
    let verbs = verbs.flat_map(with_verbs);
    std::iter::once(command.clone()).chain(verbs).collect()
}

/// Built, a verb is named `dataflow-VERB`.
fn name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

fn page(command: Command) -> std::io::Result<Vec<u8>> {
    let end = command.get_after_help().map(ToString::to_string);
    let has_verbs = command.has_subcommands();
    let man = Man::new(command)
        .source(concat!("dataflow ", env!("CARGO_PKG_VERSION")))
        .manual("dataflow");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_verbs {
        man.render_subcommands_section(&mut page)?;
    }
    sections(&end.unwrap_or_default()).to_writer(&mut page)?;
    Ok(page)
}

/// The paragraphs at the end of the help text, each with the heading that manual pages have for it.
fn sections(end: &str) -> Roff {
    let mut roff = Roff::new();
    for paragraph in end.split("\n\n") {
        let (heading, lines) = match paragraph.split_once('\n') {
            Some(("Example:" | "Examples:", lines)) => ("EXAMPLES", lines),
            Some(("Exit codes:", lines)) => ("EXIT STATUS", lines),
            _ => ("NOTES", paragraph),
        };
        roff.control("SH", [heading]);
        let as_they_are = heading != "NOTES";
        if as_they_are {
            roff.control("nf", []);
        }
        for line in lines.lines() {
            roff.text([roman(line)]);
        }
        if as_they_are {
            roff.control("fi", []);
        }
    }
    roff
}

#[derive(Serialize)]
struct Pages {
    files: Vec<PathBuf>,
}
