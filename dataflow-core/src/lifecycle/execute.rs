//! Walks a plan. Decides nothing: what is done when, and what puts it back, is in the plan.

use std::time::{Duration, Instant};

use super::{
    Control,
    desired::Desired,
    error::{LifecycleError, Recovery, StepError},
    events::Event,
    initialise, install_docker, observed,
    operation::Operation,
    plan::{Action, Plan, Step},
    ready, whitelist,
};
use crate::{
    docker::Engine,
    host::{Command, FileWrite, Host},
    pbx::{Pbx, PbxLink},
    preflight::Recipe,
    spec::{Directory, RegistryLogin, Release, Token},
};
use secrecy::SecretString;
use tokio::sync::watch;

/// How often it is told that a step is not over yet.
const TICK: Duration = Duration::from_secs(1);

/// How long setting up the directories may take.
const DIRECTORIES: Duration = Duration::from_secs(60);

/// How long a remedy may take.
const MEND: Duration = Duration::from_secs(60);

/// The permission bits of the token's file.
pub(super) const TOKEN_MODE: u32 = 0o600;

/// What a step is waiting for, in the operator's words.
pub(super) type Awaited = watch::Sender<String>;

/// Everything that steps are done with.
pub(super) struct Executor<'a> {
    pub(super) host: &'a Host,
    pub(super) engine: &'a Engine,
    pub(super) release: &'a Release,
    pub(super) control: &'a Control,
    /// Where images are fetched with a sign-in.
    pub(super) registry: Option<&'a RegistryLogin>,
    /// The database password.
    pub(super) password: &'a SecretString,
    /// The token for the service, where one is given.
    pub(super) token: Option<&'a Token>,
    /// The PBX, where somebody is signed in to it.
    pub(super) pbx: Option<&'a Pbx>,
    /// What has the lock and writes the journal; nothing where the steps change nothing.
    pub(super) operation: Option<&'a Operation>,
}

impl<'a> Executor<'a> {
    /// An executor for what is wanted.
    pub(super) fn of(
        host: &'a Host,
        engine: &'a Engine,
        control: &'a Control,
        desired: &'a Desired,
        operation: Option<&'a Operation>,
    ) -> Self {
        Self {
            host,
            engine,
            control,
            release: &desired.release,
            registry: desired.spec.registry(),
            password: &desired.password,
            token: desired.spec.token(),
            pbx: None,
            operation,
        }
    }

    /// With what there is of the PBX.
    pub(super) fn with_pbx(self, link: &'a PbxLink) -> Self {
        let pbx = match link {
            PbxLink::Ready(pbx) => Some(pbx),
            PbxLink::None | PbxLink::Failed(_) => None,
        };
        Self { pbx, ..self }
    }

    /// Does the steps in order. Where one fails, what can be put back is put back, in reverse order.
    pub(super) async fn execute(&self, plan: &Plan) -> Result<(), LifecycleError> {
        let mut ways_back: Vec<&Action> = Vec::new();
        for (index, step) in plan.steps.iter().enumerate() {
            // A stop or a rename may have had its effect though it failed, so its way back counts from the beginning.
            // What was made counts only once it was made: before that, its name may be somebody else's.
            let makes = matches!(step.action, Action::Create(_));
            let (number, of) = (index + 1, plan.steps.len());
            let done = match self.begin(number, of, step).await {
                Ok(()) => {
                    if !makes {
                        ways_back.extend(&step.undo);
                    }
                    self.finish(number, step).await
                }
                refused => refused,
            };
            if let Err(error) = done {
                // Over a lost connection nothing can be put back: the next run goes on from what it finds.
                if error.is_connection_lost() {
                    ways_back.clear();
                }
                return Err(LifecycleError::Step {
                    host: self.host.label(),
                    what: step.action.to_string(),
                    recovery: self.put_back(&ways_back, &error).await,
                    error: Box::new(error),
                });
            }
            if makes {
                ways_back.extend(&step.undo);
            }
            if let Some(settled) = &step.settles {
                ways_back.retain(|action| action.container() != Some(settled));
            }
        }
        Ok(())
    }

    /// Begins a step: nobody wants the operation to end, the lock is still there, and the journal has the step. Nothing comes
    /// between this and the step itself.
    async fn begin(&self, number: usize, of: usize, step: &Step) -> Result<(), StepError> {
        if self.control.interrupt.is_raised() {
            return Err(StepError::Interrupted);
        }
        self.control.events.tell(Event::StepStarted {
            number,
            of,
            what: step.action.to_string(),
            why: step.why.clone(),
        });
        let Some(operation) = self.operation else {
            return Ok(());
        };
        let recorded = operation.step_started(number, of, step).await;
        if let Err(error) = &recorded {
            self.tell_failure(number, step, error);
        }
        recorded
    }

    async fn finish(&self, number: usize, step: &Step) -> Result<(), StepError> {
        let began = Instant::now();
        let result = self.follow(number, began, &step.action).await;
        if let Some(operation) = self.operation {
            operation.step_ended(number, began.elapsed(), &result).await;
        }
        match &result {
            Ok(()) => self.control.events.tell(Event::StepDone {
                number,
                what: step.action.to_string(),
                elapsed: began.elapsed(),
            }),
            Err(error) => self.tell_failure(number, step, error),
        }
        result
    }

    fn tell_failure(&self, number: usize, step: &Step, error: &StepError) {
        self.control.events.tell(Event::StepFailed {
            number,
            what: step.action.to_string(),
            error: error.to_string(),
        });
    }

    /// Does one thing, telling each second what is being waited for, until it is over or given up.
    async fn follow(
        &self,
        number: usize,
        began: Instant,
        action: &Action,
    ) -> Result<(), StepError> {
        let awaited = Awaited::new(action.awaited());
        let work = self.under_lock(action, &awaited);
        tokio::pin!(work);
        let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + TICK, TICK);
        loop {
            tokio::select! {
                biased;
                result = &mut work => return result,
                () = self.control.interrupt.raised(), if action.can_be_given_up() => {
                    return Err(StepError::Interrupted);
                }
                _ = tick.tick() => self.control.events.tell(Event::Waiting {
                    number,
                    for_what: awaited.borrow().clone(),
                    elapsed: began.elapsed(),
                }),
            }
        }
    }

    /// Does one thing as long as the lock is there.
    async fn under_lock(&self, action: &Action, awaited: &Awaited) -> Result<(), StepError> {
        let work = self.perform(action, awaited);
        match self.operation {
            Some(operation) => operation.while_held(work).await,
            None => work.await,
        }
    }

    /// Does one thing; what it waits for goes to `awaited` where that changes on the way.
    async fn perform(&self, action: &Action, awaited: &Awaited) -> Result<(), StepError> {
        let engine = self.engine;
        match action {
            Action::InstallDocker(install) => {
                install_docker::perform(self.host, install, awaited).await?;
            }
            Action::Whitelist(change) => {
                self.at_pbx()?.apply(change).await?;
            }
            Action::TakeBack(filter) => whitelist::take_back(self.at_pbx()?, filter).await?,
            Action::DeliverToken { path, .. } => self.deliver_token(path).await?,
            Action::Fetch(image) => {
                let login = self.registry.filter(|login| login.is_for(image));
                engine
                    .pull(image, login, |progress| {
                        awaited.send_replace(progress.to_string());
                    })
                    .await?;
            }
            Action::Mend(recipe) => self.mend(recipe).await?,
            Action::Directories(directories) => self.set_up(directories).await?,
            Action::Stop(name, patience) => engine.stop(name, *patience).await?,
            Action::Start(name) => engine.start(name).await?,
            Action::Remove(name) => engine.remove(name).await?,
            Action::SetAside(name) => engine.rename(name, &observed::aside(name)).await?,
            Action::PutBack(name) => self.put_name_back(name).await?,
            Action::Create(spec) => engine.create(spec).await?,
            Action::Update(name, updates) => engine.update(name, updates).await?,
            Action::AwaitClickHouse { name, patience } => {
                ready::await_clickhouse(self, name, *patience, awaited).await?;
            }
            Action::AwaitEnd(name) => ready::await_end(self, name).await?,
            Action::Initialise(spec) => initialise::initialise(self, spec).await?,
            Action::AwaitService { name, patience } => {
                ready::await_service(self, name, *patience, awaited).await?;
            }
        }
        Ok(())
    }

    fn at_pbx(&self) -> Result<&Pbx, StepError> {
        self.pbx.ok_or(StepError::NotSignedIn)
    }

    /// Without a line's end: the file is the token, byte for byte.
    async fn deliver_token(&self, path: &str) -> Result<(), StepError> {
        let token = self.token.ok_or(StepError::NoToken)?;
        let owner = self.release.service_owner;
        let file = FileWrite::new(path, TOKEN_MODE, token.secret().clone())
            .owner(owner.uid, owner.gid)
            .sudo();
        Ok(self.host.write_file(&file).await?)
    }

    /// In one command: each one would cost a channel.
    async fn set_up(&self, directories: &[Directory]) -> Result<(), StepError> {
        let words = directories.iter().flat_map(|directory| {
            let owner = directory
                .owner
                .map_or_else(String::new, |owner| format!("{}:{}", owner.uid, owner.gid));
            [
                directory.path.clone(),
                // With fewer digits `chmod` leaves special bits as they are.
                format!("{:05o}", directory.mode),
                owner,
            ]
        });
        let script = r#"while [ $# -gt 0 ]; do
mkdir -p "$1" && chmod "$2" "$1" || exit
test -z "$3" || chown "$3" "$1" || exit
shift 3; done"#;
        let command = Command::shell(script)
            .args(words)
            .sudo()
            .deadline(DIRECTORIES);
        let answer = self.host.exec(&command).await?;
        if answer.success() {
            Ok(())
        } else {
            Err(StepError::Directories(answer.stderr_shown()))
        }
    }

    async fn mend(&self, recipe: &Recipe) -> Result<(), StepError> {
        let command = Command::shell(recipe.script)
            .args(&recipe.arguments)
            .sudo()
            .deadline(MEND);
        let answer = self.host.exec(&command).await?;
        if answer.success() {
            Ok(())
        } else {
            Err(StepError::Mend(answer.stderr_shown()))
        }
    }

    /// Gives a container that was set aside its name back, unless another one has that name.
    async fn put_name_back(&self, name: &str) -> Result<(), StepError> {
        let aside = observed::aside(name);
        let is_aside = self.engine.container(&aside).await?.is_some();
        if is_aside && self.engine.container(name).await?.is_none() {
            self.engine.rename(&aside, name).await?;
        }
        Ok(())
    }

    /// Puts back what can be put back. Without the lock nothing is: somebody else may be at work by now.
    async fn put_back(&self, ways_back: &[&Action], failure: &StepError) -> Recovery {
        let mut recovery = Recovery::default();
        if ways_back.is_empty() || matches!(failure, StepError::LockLost(_)) {
            return recovery;
        }
        if let Some(operation) = self.operation
            && let Err(lost @ StepError::LockLost(_)) = operation.at("putting back").await
        {
            recovery.failed.push(lost.to_string());
            return recovery;
        }
        for action in ways_back.iter().rev() {
            let what = action.to_string();
            self.control
                .events
                .tell(Event::PuttingBack { what: what.clone() });
            let result = self.under_lock(action, &Awaited::default()).await;
            if let Some(operation) = self.operation {
                operation.put_back(&what, &result).await;
            }
            match result {
                Err(lost @ StepError::LockLost(_)) => {
                    recovery.failed.push(format!("{what} ({lost})"));
                    return recovery;
                }
                Ok(()) => match action {
                    Action::Start(name) => recovery.run_again.push(name.clone()),
                    Action::Remove(name) => recovery.removed.push(name.clone()),
                    _ => {}
                },
                Err(error) => recovery.failed.push(format!("{what} ({error})")),
            }
        }
        recovery
    }
}

impl Action {
    /// Whether it is left as it is when the operation is interrupted.
    ///
    /// A stop, once asked for, goes on in the engine though nobody waits for it, and so does the rest of what is done in one
    /// request. What has to be put back is known only when such an action is over. The preparation of the database sees to
    /// the interruption itself.
    fn can_be_given_up(&self) -> bool {
        matches!(
            self,
            Self::Fetch(_)
                | Self::AwaitClickHouse { .. }
                | Self::AwaitService { .. }
                | Self::AwaitEnd(_)
        )
    }

    /// The container that it works on.
    pub(super) fn container(&self) -> Option<&String> {
        match self {
            Self::Stop(name, _)
            | Self::Update(name, _)
            | Self::Start(name)
            | Self::Remove(name)
            | Self::SetAside(name)
            | Self::PutBack(name) => Some(name),
            _ => None,
        }
    }
}
