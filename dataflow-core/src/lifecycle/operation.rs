//! An operation that changes something: it has the lock of the server, and each of its steps is written to the journal.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use super::{
    Control,
    error::{LifecycleError, StepError},
    events::{Event, Events},
    journal::{Begun, Copy, Ending, Record, RunId, What, now},
    lock::{Answer, Keeper, Lease, Place},
    operator::Operator,
    plan::Step,
    remembered::{Deed, DeployedSettings, Remembered},
    summary::PlanSummary,
};
use crate::host::Host;

/// Time between two tries to take a lock that somebody else has.
const TRY: Duration = Duration::from_secs(1);

/// An operation with a keeper on the server.
pub(super) struct Operation {
    host: String,
    run: RunId,
    keeper: Keeper,
    lease: Lease,
    events: Events,
    began: Instant,
    /// The copy of the journal, until it can't be written.
    copy: Mutex<Option<Copy>>,
    /// Whether the journal has a record of it.
    begun: AtomicBool,
}

impl Operation {
    /// Starts the keeper; the lock is not taken yet.
    pub(super) async fn prepare(
        host: &Host,
        control: &Control,
        verb: &str,
    ) -> Result<Self, LifecycleError> {
        Self::prepare_at(&Place::default(), host, control, verb).await
    }

    pub(super) async fn prepare_at(
        place: &Place,
        host: &Host,
        control: &Control,
        verb: &str,
    ) -> Result<Self, LifecycleError> {
        let run = RunId::new();
        let keeper = Keeper::start(host, place, &run).await?;
        let copy = control.journal.as_ref();
        let copy = copy.map(|directory| Copy::of(directory, &host.label(), &run));
        Ok(Self {
            host: host.label(),
            keeper,
            lease: Lease {
                v: Lease::VERSION,
                run: run.to_string(),
                verb: verb.to_owned(),
                operator: Operator::here(host.login())
                    .await
                    .on_behalf_of(control.on_behalf_of.as_deref()),
                since: None,
                step: None,
            },
            run,
            events: control.events.clone(),
            began: Instant::now(),
            copy: Mutex::new(copy),
            begun: AtomicBool::new(false),
        })
    }

    /// That nobody has the lock, or that there is time to wait for its end.
    pub(super) async fn refuse_locked(&self, control: &Control) -> Result<(), LifecycleError> {
        match self.keeper.look().await? {
            Answer::Held(holder) if control.wait.is_zero() => Err(self.locked(holder)),
            _ => Ok(()),
        }
    }

    /// Takes the lock. Where another operation has it, waits for its end as long as `control` says.
    pub(super) async fn take(&mut self, control: &Control) -> Result<(), LifecycleError> {
        let began = Instant::now();
        loop {
            self.lease.since = Some(now());
            let holder = match self.keeper.take(&self.lease).await? {
                Answer::Done(_) => return Ok(()),
                Answer::Held(holder) => holder,
                Answer::Lost(_) => Lease::default(),
                Answer::Failed(reason) => return Err(self.not_taken(reason)),
            };
            let elapsed = began.elapsed();
            if elapsed >= control.wait || control.interrupt.is_raised() {
                return Err(self.locked(holder));
            }
            self.events.tell(Event::WaitingForLock {
                holder,
                elapsed,
                patience: control.wait,
            });
            let rest = control.wait - elapsed;
            tokio::select! {
                () = tokio::time::sleep(TRY.min(rest)) => {}
                () = control.interrupt.raised() => {}
            }
        }
    }

    /// Takes the lock, whoever has it; gives who had it.
    pub(super) async fn seize(&mut self) -> Result<Option<Lease>, LifecycleError> {
        self.lease.since = Some(now());
        match self.keeper.seize(&self.lease).await? {
            Answer::Done(taken) => Ok((!taken.is_empty()).then(|| Lease::read(&taken))),
            Answer::Held(holder) => Err(self.locked(holder)),
            Answer::Lost(_) => Err(self.locked(Lease::default())),
            Answer::Failed(reason) => Err(self.not_taken(reason)),
        }
    }

    /// Who has the lock now.
    pub(super) async fn holder(&self) -> Result<Option<Lease>, LifecycleError> {
        match self.keeper.look().await? {
            Answer::Held(holder) => Ok(Some(holder)),
            Answer::Failed(reason) => Err(self.not_taken(reason)),
            Answer::Done(_) | Answer::Lost(_) => Ok(None),
        }
    }

    /// Begins the journal of the run. Where that fails, nothing may be changed.
    pub(super) async fn begin(
        &self,
        settings: Option<DeployedSettings>,
        ignored: Vec<String>,
        plan: &PlanSummary,
    ) -> Result<(), LifecycleError> {
        let begun = What::Begun(Box::new(Begun {
            run: self.run.to_string(),
            verb: self.lease.verb.clone(),
            operator: self.lease.operator.clone(),
            server: self.host.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            settings,
            ignored,
        }));
        for what in [begun, planned(plan)] {
            self.record(what).await.map_err(|error| match error {
                StepError::Host(error) => error.into(),
                error => LifecycleError::NotKept {
                    host: self.host.clone(),
                    what: "the journal could not be begun",
                    reason: error.to_string(),
                },
            })?;
            self.begun.store(true, Ordering::Relaxed);
        }
        self.events.tell(Event::Begun {
            run: self.run.clone(),
        });
        Ok(())
    }

    /// Another plan, made while the operation goes on.
    pub(super) async fn planned(&self, plan: &PlanSummary) {
        self.note(planned(plan)).await;
    }

    /// A step is about to be done. Where this fails, it may not be done.
    pub(super) async fn step_started(
        &self,
        number: usize,
        of: usize,
        step: &Step,
    ) -> Result<(), StepError> {
        let what = step.action.to_string();
        self.at(&what).await?;
        let why = step.why.clone();
        self.record(What::StepStarted {
            number,
            of,
            what,
            why,
        })
        .await
    }

    /// Says in the lease what is being done. Where this fails, it may not be done.
    pub(super) async fn at(&self, step: &str) -> Result<(), StepError> {
        allowed(self.keeper.step(&self.lease.at(step)).await?)
    }

    /// Does some work as long as the lock is surely there. Where this program, or the connection, has stood still too long to be
    /// sure, the keeper is asked before the work goes on; where the lock is lost, it doesn't.
    pub(super) async fn while_held(
        &self,
        work: impl Future<Output = Result<(), StepError>>,
    ) -> Result<(), StepError> {
        let mut work = pin!(work);
        let mut asked = false;
        loop {
            let done = poll_fn(|cx| {
                if std::mem::take(&mut asked) || self.keeper.is_sure() {
                    work.as_mut().poll(cx).map(Some)
                } else {
                    Poll::Ready(None)
                }
            });
            match done.await {
                Some(result) => return result,
                None => allowed(self.keeper.beat().await?)?,
            }
            asked = true;
        }
    }

    /// A step is over.
    pub(super) async fn step_ended(
        &self,
        number: usize,
        elapsed: Duration,
        result: &Result<(), StepError>,
    ) {
        let elapsed_ms = millis(elapsed);
        self.note(match result {
            Ok(()) => What::StepDone { number, elapsed_ms },
            Err(error) => What::StepFailed {
                number,
                error: error.to_string(),
                elapsed_ms,
            },
        })
        .await;
    }

    /// The one thing that this operation does, which was done.
    pub(super) async fn did(&self, what: &str, why: &str) {
        let (what, why) = (what.to_owned(), why.to_owned());
        self.note(What::StepStarted {
            number: 1,
            of: 1,
            what,
            why,
        })
        .await;
        self.step_ended(1, Duration::ZERO, &Ok(())).await;
    }

    /// Something was put back, or could not be.
    pub(super) async fn put_back(&self, what: &str, result: &Result<(), StepError>) {
        self.note(What::PutBack {
            what: what.to_owned(),
            error: result.as_ref().err().map(ToString::to_string),
        })
        .await;
    }

    /// What the server remembers of how it was deployed.
    pub(super) async fn recall(&self) -> Option<Remembered> {
        match self.keeper.recall().await {
            Ok(Answer::Done(line)) => Remembered::read(&line),
            _ => None,
        }
    }

    /// Has the server remember how it is deployed. That it could not is told, and is no failure: all else is done by then.
    pub(super) async fn remember(&self, what: &Remembered) {
        let answer = self.keeper.remember(&what.line()).await;
        let answer = answer.map_err(StepError::from).and_then(allowed);
        if let Err(error) = answer {
            self.events.tell(Event::NotRecorded {
                place: format!("what {} remembers", self.host),
                reason: error.to_string(),
            });
        }
    }

    /// This run, as what it has done is signed.
    pub(super) fn deed(&self) -> Deed {
        Deed {
            run: self.run.to_string(),
            at: now(),
            operator: self.lease.operator.clone(),
        }
    }

    /// The run, as the journal names it.
    pub(super) fn run(&self) -> &RunId {
        &self.run
    }

    /// Writes how it ended, and lets the lock go.
    pub(super) async fn end<T>(self, result: &Result<T, LifecycleError>) {
        if self.begun.load(Ordering::Relaxed) {
            self.note(What::Ended {
                outcome: match result {
                    Ok(_) => Ending::Done,
                    Err(error) if error.is_interruption() => Ending::Interrupted,
                    Err(_) => Ending::Failed,
                },
                error: result.as_ref().err().map(ToString::to_string),
                elapsed_ms: millis(self.began.elapsed()),
            })
            .await;
        }
        self.keeper.end().await;
    }

    /// Writes a record of what is done already: that it can't be written is told.
    async fn note(&self, what: What) {
        if let Err(error) = self.record(what).await {
            self.events.tell(Event::NotRecorded {
                place: format!("the journal of {}", self.host),
                reason: error.to_string(),
            });
        }
    }

    /// Writes a record: to the server, where failing is an error, and to the copy.
    async fn record(&self, what: What) -> Result<(), StepError> {
        let first = matches!(what, What::Begun(_));
        let line = Record::now(what).line();
        let answer = self.keeper.record(&line).await;
        self.copy(line, first).await;
        allowed(answer?)
    }

    async fn copy(&self, line: String, first: bool) {
        let copy = self
            .copy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(copy) = copy else { return };
        if let Err(error) = copy.add(line, first).await {
            // Once is enough: the next one would fail like it.
            *self.copy.lock().unwrap_or_else(PoisonError::into_inner) = None;
            self.events.tell(Event::NotRecorded {
                place: copy.path().display().to_string(),
                reason: error.to_string(),
            });
        }
    }

    fn locked(&self, holder: Lease) -> LifecycleError {
        LifecycleError::Locked {
            host: self.host.clone(),
            holder: Box::new(holder),
        }
    }

    fn not_taken(&self, reason: String) -> LifecycleError {
        LifecycleError::NotKept {
            host: self.host.clone(),
            what: "the lock could not be taken",
            reason,
        }
    }
}

/// Whether the keeper's answer lets the operation go on.
fn allowed(answer: Answer) -> Result<(), StepError> {
    match answer {
        Answer::Done(_) => Ok(()),
        Answer::Lost(holder) => Err(StepError::LockLost(holder.map(Box::new))),
        Answer::Held(holder) => Err(StepError::LockLost(Some(Box::new(holder)))),
        Answer::Failed(reason) => Err(StepError::NotRecorded(reason)),
    }
}

fn planned(plan: &PlanSummary) -> What {
    What::Planned {
        // Texts: they can always be written.
        plan: serde_json::to_value(plan).unwrap_or_default(),
    }
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "operation_tests.rs"]
mod tests;
