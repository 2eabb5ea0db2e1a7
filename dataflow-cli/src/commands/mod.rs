//! One file for each verb, and what they share.

mod logs;
mod restart;
mod rm;
mod run;
mod start;
mod status;
mod stop;
mod upgrade;

use std::sync::Once;

use dataflow_core::{
    lifecycle::{Control, DockerSource, Event, Events, Interrupt, LifecycleError, Report, Server},
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
        install_docker: match &cli.verb {
            Verb::Run(run) => run.install_docker.map(DockerSource::from),
            _ => None,
        },
    };
    match &cli.verb {
        Verb::Run(_) => run::run(session, &settings).await,
        Verb::Start(_) => start::start(session).await,
        Verb::Stop(_) => stop::stop(session).await,
        Verb::Restart(_) => restart::restart(session).await,
        Verb::Upgrade(_) => upgrade::upgrade(session, &settings).await,
        Verb::Rm(_) => rm::rm(session).await,
        Verb::Status(_) => status::status(session).await,
        Verb::Logs(args) => logs::logs(session, args).await,
    }
}

/// One server to work on, and the operator to tell about it.
struct Session {
    target: Target,
    printer: Printer,
    /// Where Docker comes from if the server has none.
    install_docker: Option<DockerSource>,
}

impl Session {
    /// Does something on the server. What is missing to sign in is asked for where there is a terminal.
    async fn on_server<T>(
        mut self,
        control: Control,
        verb: impl AsyncFn(&Server) -> Result<T, LifecycleError>,
    ) -> Result<T, Failure> {
        let terminal = Terminal::find();
        loop {
            let attempt = async {
                let server = match self.install_docker {
                    Some(source) => {
                        Server::open_with_docker(&self.target, control.clone(), source).await?
                    }
                    None => Server::open(&self.target, control.clone()).await?,
                };
                let result = verb(&server).await;
                server.close().await;
                result
            };
            let error = match attempt.await {
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
