//! One file for each verb, and what they share.

mod history;
mod restart;
mod rm;
mod run;
mod start;
mod status;
mod stop;
mod unlock;
mod upgrade;

use std::{path::PathBuf, sync::Once, time::Duration};

use dataflow_core::{
    lifecycle::{Control, Event, Events, Interrupt, LifecycleError, Records, Report, Server},
    spec::{Settings, Target},
};

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    args::{Cli, Output, Verb},
    error::Failure,
    exit::ExitStatus,
    printer::Printer,
    progress::Progress,
    prompt::{Operator, Terminal},
    sign_in,
};

/// The exit code of a program that its operator ended, as shells have it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// Does what the command line says.
pub(crate) async fn dispatch(
    cli: &Cli,
    settings: Settings,
    printer: Printer,
) -> Result<ExitStatus, Failure> {
    let session = Session {
        target: settings.target()?,
        printer,
        wait: cli.verb.wait(),
    };
    match &cli.verb {
        Verb::Run(_) => run::run(session, &settings).await,
        Verb::Start(_) => start::start(session).await,
        Verb::Stop(_) => stop::stop(session).await,
        Verb::Restart(_) => restart::restart(session).await,
        Verb::Upgrade(_) => upgrade::upgrade(session, &settings).await,
        Verb::Rm(_) => rm::rm(session).await,
        Verb::Status(_) => status::status(session).await,
        Verb::History(args) => history::history(session, args).await,
        Verb::Unlock(args) => unlock::unlock(session, args).await,
    }
}

/// One server to work on, and the operator to tell about it.
struct Session {
    target: Target,
    printer: Printer,
    /// How long another operation's end is waited for.
    wait: Duration,
}

impl Session {
    /// Does something on the server.
    async fn on_server<T>(
        self,
        control: Control,
        verb: impl AsyncFn(&Server) -> Result<T, LifecycleError>,
    ) -> Result<T, Failure> {
        self.signed_in(async |target| {
            let server = Server::open(target, control.clone()).await?;
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
        let terminal = Terminal::find();
        loop {
            let error = match attempt(&self.target).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            let asked = match (&terminal, error.host_error()) {
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
        let progress = Progress::new(printer);
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
            wait: self.wait,
            journal: journal_copies(),
            ..Control::default()
        };
        let report = self.on_server(control, verb).await;
        progress.end();
        let report = report?;
        match printer.output() {
            Output::Human => printer.result(&outcome(&report)),
            Output::Json => printer.json(&Outcome { result: &report }),
        }
        Ok(ExitStatus::Success)
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

/// The last line of a change with `--output json`.
#[derive(serde::Serialize)]
struct Outcome<'a> {
    result: &'a Report,
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
        std::process::exit(INTERRUPTED);
    });
}
