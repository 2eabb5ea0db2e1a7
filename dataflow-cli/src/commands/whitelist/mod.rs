//! `dataflow whitelist`: looks after the server's entries on the PBX's whitelist. Only the PBX is asked, not the server.

mod change;
mod check;
mod list;

use std::net::IpAddr;

use dataflow_core::{
    pbx::Pbx,
    spec::{ApiAccess, ServerIp, Settings},
};
use futures_util::future::join_all;

use super::{
    block_on,
    several::{self, Answer, Answers},
};
use crate::{
    args::{Cli, Output, WhitelistArgs, WhitelistVerb},
    error::{CliError, Failure},
    exit::ExitStatus,
    pbx_sign_in,
    printer::Printer,
    prompt::Terminal,
    settings::{self, Chosen},
};

pub(super) fn whitelist(
    cli: &Cli,
    args: &WhitelistArgs,
    printer: Printer,
) -> Result<ExitStatus, Failure> {
    match &args.what {
        WhitelistVerb::Check(_) => check::report(on_each(cli, printer, check::check)?),
        WhitelistVerb::List(_) => list::report(on_each(cli, printer, list::list)?),
        WhitelistVerb::Ensure(_) => on_one(cli, printer, change::ensure),
        WhitelistVerb::Remove(_) => on_one(cli, printer, change::remove),
    }
}

/// One server's place on the whitelist of its PBX.
struct Entry {
    /// The server's name in the settings file, where it has one.
    name: Option<String>,
    settings: Settings,
    access: ApiAccess,
    /// How the server is called on the PBX.
    label: String,
    printer: Printer,
    /// The terminal to ask at.
    terminal: Option<Terminal>,
    /// Whether a change is asked about.
    confirm: bool,
}

impl Entry {
    fn of(
        chosen: Chosen,
        cli: &Cli,
        printer: Printer,
        terminal: Option<Terminal>,
    ) -> Result<Self, Failure> {
        let settings = chosen.settings;
        let access = settings.api()?.ok_or(CliError::NoApiUser {
            verb: cli.verb.name(),
        })?;
        // As `run` calls it.
        let address = addresses(&settings).first().map(ToString::to_string);
        let asks = terminal.is_some() && printer.output() == Output::Human;
        Ok(Self {
            name: chosen.name,
            settings,
            access,
            label: address.unwrap_or_default(),
            printer,
            terminal,
            confirm: asks && !cli.verb.yes(),
        })
    }

    /// The addresses that are to be on the whitelist.
    fn addresses(&self) -> Result<Vec<IpAddr>, Failure> {
        let addresses = addresses(&self.settings);
        if addresses.is_empty() {
            return Err(dataflow_core::spec::SpecError::NoServerIp.into());
        }
        Ok(addresses)
    }

    /// Does something at the PBX.
    async fn at_pbx<T>(
        &self,
        work: impl AsyncFnOnce(&Pbx) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        pbx_sign_in::at_pbx(self.access.clone(), self.terminal, work).await
    }
}

fn addresses(settings: &Settings) -> Vec<IpAddr> {
    [settings.private_ip, settings.public_ip]
        .into_iter()
        .flatten()
        .map(ServerIp::get)
        .collect()
}

/// Changes the whitelist for the one server that is named.
fn on_one(
    cli: &Cli,
    printer: Printer,
    change: impl AsyncFnOnce(Entry) -> Result<ExitStatus, Failure>,
) -> Result<ExitStatus, Failure> {
    let chosen = settings::load_one(cli, printer)?;
    let name = chosen.name.clone();
    let result =
        Entry::of(chosen, cli, printer, Terminal::find()).and_then(|entry| block_on(change(entry)));
    several::said_of(name.as_deref(), printer, result)
}

/// Reads of each server that is named, or of all, at the same time.
fn on_each<T>(
    cli: &Cli,
    printer: Printer,
    read: impl AsyncFn(Entry) -> Result<T, Failure>,
) -> Result<Answers<T>, Failure> {
    let chosen = settings::load(cli, printer)?;
    // Nobody could tell which of several a question is about.
    let terminal = Terminal::find().filter(|_| chosen.len() == 1);
    let answers = chosen.into_iter().map(async |chosen| Answer {
        name: chosen.name.clone().unwrap_or_default(),
        result: match Entry::of(chosen, cli, printer, terminal) {
            Ok(entry) => read(entry).await,
            Err(failure) => Err(failure),
        },
    });
    Ok(Answers::new(
        block_on(async { Ok(join_all(answers).await) })?,
        printer,
    ))
}
