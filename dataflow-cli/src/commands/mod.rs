//! One file for each verb, and what they share.

mod by_hand;
mod checklist;
mod completions;
mod explain;
mod history;
mod init;
mod init_questions;
mod logs;
mod man;
mod mend;
mod plan;
mod preflight;
mod prerequisites;
mod recorded;
mod restart;
mod rm;
mod run;
mod session;
mod several;
mod start;
mod status;
mod stop;
mod token;
mod unlock;
mod upgrade;
mod whitelist;

use crate::{
    args::{Cli, PreflightArgs, Verb},
    error::{CliError, Failure},
    exit::ExitStatus,
    printer::Printer,
    prompt::Terminal,
    settings,
};
use session::{Session, journal_copies};
use several::Servers;

/// Does what the command line says.
pub(crate) fn dispatch(cli: &Cli, printer: Printer) -> Result<ExitStatus, Failure> {
    if let Some(page) = cli.global.output.page()
        && let Some(asked) = cli.verb.without_page(page)
    {
        let form = page.name();
        return Err(CliError::NoPage { form, asked }.into());
    }
    match &cli.verb {
        Verb::Init(args) => init::init(cli, args, printer),
        Verb::Completions(args) => completions::completions(args, printer),
        Verb::Man(args) => man::man(args, printer),
        Verb::Plan(args) => on_each(cli, printer, async |servers| {
            plan::plan(servers, args.exit_code).await
        }),
        Verb::Preflight(args) if args.fix => on_one(cli, printer, async |session| {
            mend::mend(session, args).await
        }),
        Verb::Preflight(args) if !args.facts.is_empty() => recorded::recorded(cli, args, printer),
        Verb::Preflight(PreflightArgs {
            explain: Some(what),
            ..
        }) => explain::explain(*what, printer),
        Verb::Preflight(args) => on_each(cli, printer, async |servers| {
            preflight::preflight(servers, args, cli.global.output.page()).await
        }),
        Verb::Status(_) => on_each(cli, printer, status::status),
        Verb::Whitelist(args) => whitelist::whitelist(cli, args, printer),
        Verb::Prerequisites(_) => on_each(cli, printer, async |servers| {
            prerequisites::prerequisites(servers, cli.global.output.page()).await
        }),
        Verb::Token(args) => token::token(cli, args, printer),
        Verb::History(args) => match &args.run {
            None => on_each(cli, printer, async |servers| {
                history::history(servers, args.number).await
            }),
            Some(run) => on_one(cli, printer, async |session| {
                history::run(session, run).await
            }),
        },
        Verb::Unlock(args) => on_one(cli, printer, async |session| {
            unlock::unlock(session, args).await
        }),
        Verb::Logs(args) => on_each(cli, printer, async |servers| {
            logs::logs(servers, args).await
        }),
        Verb::Run(_) => on_one(cli, printer, run::run),
        Verb::Start(_) => on_one(cli, printer, start::start),
        Verb::Stop(_) => on_one(cli, printer, stop::stop),
        Verb::Restart(_) => on_one(cli, printer, restart::restart),
        Verb::Upgrade(_) => on_one(cli, printer, upgrade::upgrade),
        Verb::Rm(_) => on_one(cli, printer, rm::rm),
    }
}

/// Has a verb that changes something do it to the one server that is named.
fn on_one(
    cli: &Cli,
    printer: Printer,
    verb: impl AsyncFnOnce(Session) -> Result<ExitStatus, Failure>,
) -> Result<ExitStatus, Failure> {
    let chosen = settings::load_one(cli, printer)?;
    let name = chosen.name.clone();
    let session = Session::new(chosen, printer, Terminal::find(), &cli.verb);
    several::said_of(
        name.as_deref(),
        printer,
        match session {
            Ok(session) => block_on(verb(session)),
            Err(failure) => Err(failure),
        },
    )
}

/// Has a verb that only reads look at each server that is named, or at all.
fn on_each(
    cli: &Cli,
    printer: Printer,
    verb: impl AsyncFnOnce(Servers) -> Result<ExitStatus, Failure>,
) -> Result<ExitStatus, Failure> {
    let chosen = settings::load(cli, printer)?;
    // Nobody could tell which of several a question is about.
    let terminal = Terminal::find().filter(|_| chosen.len() == 1);
    let session = |chosen| Session::new(chosen, printer, terminal, &cli.verb);
    block_on(verb(Servers::new(chosen, session, printer)))
}

fn block_on<T>(verb: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // One thread is enough for a few servers, and starts quicker than many.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Runtime(error.to_string()))?;
    let result = runtime.block_on(verb);
    // A question that nobody answers any more must not hold up the end.
    runtime.shutdown_background();
    result
}
