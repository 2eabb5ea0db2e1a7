//! One server to work on, and the operator to tell about it.

use std::{
    path::PathBuf,
    sync::Once,
    time::{Duration, Instant},
};

use dataflow_core::{
    facts::{self, Facts, FactsError, Question},
    host::Host,
    lifecycle::{
        Approve, Checklist, Control, DockerSource, Event, Events, Interrupt, LifecycleError,
        PlanSummary, Records, Report, Server, Surroundings,
    },
    spec::{PrerequisiteMode, Settings, Spec, SpecError, Target},
};
use tokio::signal::unix::{SignalKind, signal};

use super::by_hand;
use crate::{
    args::{AskPbx, Output, Verb},
    error::Failure,
    exit::ExitStatus,
    pbx_sign_in::SigningIn,
    plan_view,
    printer::Printer,
    progress::Progress,
    prompt::{Operator, Terminal},
    settings::Chosen,
    sign_in, width,
};

/// One server to work on, and the operator to tell about it.
#[derive(Clone)]
pub(super) struct Session {
    /// Its name in the settings file, where it has one.
    pub(super) name: Option<String>,
    pub(super) settings: Settings,
    target: Target,
    pub(super) printer: Printer,
    /// The terminal to ask at.
    pub(super) terminal: Option<Terminal>,
    /// Whether a plan is asked about.
    pub(super) confirm: bool,
    /// Where Docker comes from if the server has none.
    install_docker: Option<DockerSource>,
    /// How long another operation's end is waited for.
    wait: Duration,
    /// Whether the PBX is asked too.
    pbx: AskPbx,
}

impl Session {
    pub(super) fn new(
        chosen: Chosen,
        printer: Printer,
        terminal: Option<Terminal>,
        verb: &Verb,
    ) -> Result<Self, Failure> {
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
            pbx: verb.ask_pbx(),
        })
    }

    /// Does something on the server.
    pub(super) async fn on_server<T>(
        self,
        control: Control,
        verb: impl AsyncFn(&Server) -> Result<T, LifecycleError>,
    ) -> Result<T, Failure> {
        let printer = self.printer;
        let install = match self.install_docker {
            Some(source) => Some((source, self.settings.spec()?)),
            None => None,
        };
        let pbx = self.signing_in_to_pbx()?;
        self.signed_in(async |target| {
            let begun = Instant::now();
            let server = match &install {
                Some((source, spec)) => {
                    Server::open_with_docker(target, control.clone(), *source, spec).await?
                }
                None => Server::open(target, control.clone()).await?,
            };
            printer.detail(&format!(
                "reached {} in {} ms",
                server.label(),
                begun.elapsed().as_millis()
            ));
            let server = server.with_pbx(pbx.link().await);
            let result = verb(&server).await;
            tokio::join!(server.close(), pbx.end());
            result
        })
        .await
    }

    /// Begins to sign in to the PBX, where the verb asks it and the settings say who does and how.
    fn signing_in_to_pbx(&self) -> Result<SigningIn, Failure> {
        let by_hand = self.settings.prerequisites.mode == Some(PrerequisiteMode::Manual);
        let access = match self.settings.api() {
            _ if by_hand || self.pbx == AskPbx::No => None,
            // What is only shown is shown without it.
            Err(SpecError::NoPbx) if self.pbx == AskPbx::Quietly => None,
            access => access?,
        };
        let terminal = self.terminal.filter(|_| self.pbx == AskPbx::WithQuestions);
        Ok(SigningIn::begin(access, terminal))
    }

    /// Looks at the prerequisites. It needs no Docker there.
    pub(super) async fn on_surroundings(self, spec: &Spec) -> Result<Checklist, Failure> {
        let pbx = self.signing_in_to_pbx()?;
        self.signed_in(async |target| {
            let surroundings = Surroundings::open(target).await?;
            let result = surroundings.checklist(spec, &pbx.link().await).await;
            tokio::join!(surroundings.close(), pbx.end());
            result
        })
        .await
    }

    /// Does something with what is kept on the server. It needs no Docker there.
    pub(super) async fn on_records<T>(
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

    /// Reads what the machine is, and measures its disk where that is asked for. It needs no Docker there.
    pub(super) async fn facts(
        self,
        question: &Question,
        disk_probe: bool,
    ) -> Result<Facts, Failure> {
        let facts = self
            .signed_in(async |target| {
                let host = Host::connect(&target.address, &target.sign_in).await?;
                let facts = read(&host, question, disk_probe).await;
                host.close().await;
                match facts {
                    // What is missing to sign in may be asked for.
                    Err(FactsError::Host(error)) => Err(error.into()),
                    facts => Ok(facts),
                }
            })
            .await?;
        Ok(facts?)
    }

    /// Tries something, again with what the operator answers to what is missing to sign in.
    pub(super) async fn signed_in<T>(
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
    pub(super) async fn change(
        self,
        verb: impl AsyncFn(&Server) -> Result<Report, LifecycleError>,
        outcome: impl Fn(&Report) -> String,
    ) -> Result<ExitStatus, Failure> {
        let (printer, name) = (self.printer, self.name.clone());
        let report = self
            .followed(async |session: Self, control| session.on_server(control, verb).await)
            .await?;
        match printer.output() {
            Output::Human => printer.result(&outcome(&report)),
            Output::Json => printer.json_result(name.as_deref(), &report),
        }
        Ok(ExitStatus::Success)
    }

    /// Does something with its progress shown, that Ctrl-C ends in good order.
    pub(super) async fn followed<T>(
        self,
        work: impl AsyncFnOnce(Self, Control) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let printer = self.printer;
        let progress = Progress::new(printer, self.name.clone(), self.confirm);
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
            by_hand: by_hand::asked(self.terminal.filter(|_| self.confirm), printer),
            wait: self.wait,
            journal: journal_copies(),
            on_behalf_of: None,
        };
        let result = work(self, control).await;
        progress.end();
        result
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

async fn read(host: &Host, question: &Question, disk_probe: bool) -> Result<Facts, FactsError> {
    let mut facts = facts::read(host, question).await?;
    if disk_probe {
        let latency = facts::write_latency_on(host, &facts.storage.data.path).await?;
        facts.storage.write_latency = Some(latency);
    }
    Ok(facts)
}

/// Where the copies of the journals are.
pub(super) fn journal_copies() -> Option<PathBuf> {
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
