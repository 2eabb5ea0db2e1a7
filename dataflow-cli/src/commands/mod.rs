//! One file for each verb, and what they share.

mod completions;
mod history;
mod init;
mod init_questions;
mod logs;
mod man;
mod plan;
mod restart;
mod rm;
mod run;
mod several;
mod start;
mod status;
mod stop;
mod unlock;
mod upgrade;

use std::{
    path::PathBuf,
    sync::Once,
    time::{Duration, Instant},
};

use dataflow_core::{
    lifecycle::{
        Approve, Control, DockerSource, Event, Events, Interrupt, LifecycleError, PlanSummary,
        Records, Report, Server,
    },
    spec::{Settings, Target},
};

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    args::{Cli, Output, Verb},
    error::{CliError, Failure},
    exit::ExitStatus,
    plan_view,
    printer::Printer,
    progress::Progress,
    prompt::{Operator, Terminal},
    settings::{self, Chosen},
    sign_in, width,
};

/// Does what the command line says.
pub(crate) fn dispatch(cli: &Cli, printer: Printer) -> Result<ExitStatus, Failure> {
    match &cli.verb {
        Verb::Init(init) => init::init(cli, init, printer),
        Verb::Completions(completions) => completions::completions(completions, printer),
        Verb::Man(man) => man::man(man, printer),
        _ => on_servers(cli, settings::load(cli, printer)?, printer),
    }
}

fn on_servers(cli: &Cli, chosen: Vec<Chosen>, printer: Printer) -> Result<ExitStatus, Failure> {
    // One thread is enough for a few servers, and starts quicker than many.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Runtime(error.to_string()))?;
    let status = runtime.block_on(verb(cli, chosen, printer));
    // A question that nobody answers any more must not hold up the end.
    runtime.shutdown_background();
    status
}

async fn verb(cli: &Cli, mut chosen: Vec<Chosen>, printer: Printer) -> Result<ExitStatus, Failure> {
    let alone = chosen.len() == 1;
    let session = |chosen: Chosen| Session::new(chosen, printer, alone, &cli.verb);
    match &cli.verb {
        Verb::Status(_) => return status::status(chosen, session, printer).await,
        Verb::Plan(plan) => return plan::plan(chosen, session, printer, plan.exit_code).await,
        Verb::History(args) => return history::history(chosen, session, printer, args).await,
        _ => {}
    }
    // A verb that changes something was given one server.
    let Some(one) = chosen.pop() else {
        return Ok(ExitStatus::Success);
    };
    let session = session(one)?;
    match &cli.verb {
        Verb::Run(_) => run::run(session).await,
        Verb::Start(_) => start::start(session).await,
        Verb::Stop(_) => stop::stop(session).await,
        Verb::Restart(_) => restart::restart(session).await,
        Verb::Upgrade(_) => upgrade::upgrade(session).await,
        Verb::Rm(_) => rm::rm(session).await,
        Verb::Logs(args) => logs::logs(session, args).await,
        Verb::Unlock(args) => unlock::unlock(session, args).await,
        _ => Ok(ExitStatus::Success),
    }
}

/// One server to work on, and the operator to tell about it.
struct Session {
    /// Its name in the settings file, where it has one.
    name: Option<String>,
    settings: Settings,
    target: Target,
    printer: Printer,
    /// The terminal to ask at, if there is one and only this server.
    terminal: Option<Terminal>,
    /// Whether a plan is asked about.
    confirm: bool,
    /// Where Docker comes from if the server has none.
    install_docker: Option<DockerSource>,
    /// How long another operation's end is waited for.
    wait: Duration,
}

impl Session {
    fn new(chosen: Chosen, printer: Printer, alone: bool, verb: &Verb) -> Result<Self, Failure> {
        let terminal = alone.then(Terminal::find).flatten();
        let asks = terminal.is_some() && printer.output() == Output::Human;
        Ok(Self {
            target: chosen.settings.target()?,
            name: chosen.name,
            settings: chosen.settings,
            printer,
            confirm: asks && !verb.yes(),
            terminal,
            install_docker: verb.install_docker(),
            wait: verb.wait(),
        })
    }

    /// Does something on the server.
    async fn on_server<T>(
        self,
        control: Control,
        verb: impl AsyncFn(&Server) -> Result<T, LifecycleError>,
    ) -> Result<T, Failure> {
        let (printer, install_docker) = (self.printer, self.install_docker);
        self.signed_in(async |target| {
            let begun = Instant::now();
            let server = match install_docker {
                Some(source) => Server::open_with_docker(target, control.clone(), source).await?,
                None => Server::open(target, control.clone()).await?,
            };
            printer.detail(&format!(
                "reached {} in {} ms",
                server.label(),
                begun.elapsed().as_millis()
            ));
            let result = verb(&server).await;
            server.close().await;
            result
        })
        .await
    }

    /// Does something with what is kept on the server. It needs no Docker there.
    async fn on_records<T>(
        self,
        verb: impl AsyncFn(&Records) -> Result<T, LifecycleError>,
    ) -> Result<T, Failure> {
        self.signed_in(async |target| {
            let records = Records::open(target).await?;
            let result = verb(&records).await;
            records.close().await;
            result
        })
        .await
    }

    /// Tries something, again with what the operator answers to what is missing to sign in.
    async fn signed_in<T>(
        mut self,
        attempt: impl AsyncFn(&Target) -> Result<T, LifecycleError>,
    ) -> Result<T, Failure> {
        self.target.sign_in.consult = sign_in::consult(self.printer, self.terminal.is_some());
        loop {
            let error = match attempt(&self.target).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            let asked = match (&self.terminal, error.host_error()) {
                (Some(terminal), Some(lacking)) => sign_in::answer(
                    lacking,
                    &mut self.target,
                    terminal as &dyn Operator,
                    &self.printer,
                ),
                _ => false,
            };
            if !asked {
                return Err(error.into());
            }
        }
    }

    /// Changes something on the server, with progress shown, and says what came of it.
    async fn change(
        self,
        verb: impl AsyncFn(&Server) -> Result<Report, LifecycleError>,
        outcome: impl Fn(&Report) -> String,
    ) -> Result<ExitStatus, Failure> {
        let printer = self.printer;
        let name = self.name.clone();
        let progress = Progress::new(printer, self.confirm);
        let interrupt = Interrupt::new();
        let control = Control {
            events: Events::to({
                let progress = progress.clone();
                let (interrupt, listening) = (interrupt.clone(), Once::new());
                move |event| {
                    // Before the first step there is nothing to put back, and a question may be open: Ctrl-C just ends the program.
                    if matches!(event, Event::StepStarted { .. }) {
                        listening.call_once(|| listen(interrupt.clone(), printer));
                    }
                    progress.show(&event);
                }
            }),
            interrupt,
            approve: self.approve(),
            wait: self.wait,
            journal: journal_copies(),
        };
        let report = self.on_server(control, verb).await;
        progress.end();
        let report = report?;
        match printer.output() {
            Output::Human => printer.result(&outcome(&report)),
            Output::Json => printer.json_result(name.as_deref(), &report),
        }
        Ok(ExitStatus::Success)
    }

    /// Who says yes or no to a plan: the operator, where there is one to ask.
    fn approve(&self) -> Approve {
        let Some(terminal) = self.terminal.filter(|_| self.confirm) else {
            return Approve::default();
        };
        let printer = self.printer;
        Approve::by(move |plan: PlanSummary| async move {
            printer.before_question(&plan_view::text(&plan, width::of_stderr()));
            // Reading the answer blocks; the session is to be kept alive meanwhile.
            let asked = tokio::task::spawn_blocking(move || terminal.agrees("Go ahead?"));
            asked.await.unwrap_or(false)
        })
    }
}

/// Where the copies of the journals are.
fn journal_copies() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.filter(|path| path.is_absolute()).or_else(|| {
        let home = std::env::home_dir().filter(|home| home.is_absolute())?;
        Some(home.join(".local/state"))
    })?;
    Some(state.join("dataflow"))
}

/// From now on, the first Ctrl-C, a request to end, or the loss of the terminal has the operation end in good order; the second
/// one ends the program.
fn listen(interrupt: Interrupt, printer: Printer) {
    let (Ok(mut pressed), Ok(mut asked), Ok(mut lost)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return;
    };
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = pressed.recv() => {}
                _ = asked.recv() => {}
                _ = lost.recv() => {}
            }
        };
        next().await;
        printer.warn(
            "interrupted: putting back what can be put back; press Ctrl-C again to leave at once",
        );
        interrupt.raise();
        next().await;
        std::process::exit(ExitStatus::Interrupted as i32);
    });
}
