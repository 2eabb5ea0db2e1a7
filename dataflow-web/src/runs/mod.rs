//! Operations that were started in the panel: each is the library's, in the same journal and under the same lock as one of `dataflow`.
//!
//! They are done by this program. When it is asked to end it waits for them; when it is killed the server's journal has what was done,
//! and the same operation, started again, finishes it.

mod order;
mod run;
mod work;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub(crate) use order::{InstallDocker, Order, Verb};
pub(crate) use run::{Heard, Outcome, Run, State, digest};
use tokio::sync::watch;

use crate::{guard::Caller, panel::Shared, refusal::Refusal};

/// How many runs that are over are kept in memory; the servers' journals have all.
const KEPT: usize = 100;

/// All operations of the panel.
pub(crate) struct Runs {
    all: Mutex<VecDeque<Arc<Run>>>,
    /// How many are at work.
    at_work: watch::Sender<usize>,
    finished: Mutex<Counts>,
}

/// How many runs ended how, and how long they took, since the panel was started; by verb.
pub(crate) type Counts = HashMap<(Verb, Outcome), (u64, Duration)>;

impl Runs {
    pub(crate) fn new() -> Self {
        Self {
            all: Mutex::default(),
            at_work: watch::Sender::new(0),
            finished: Mutex::default(),
        }
    }

    /// All that are kept, the newest first.
    pub(crate) fn all(&self) -> Vec<Arc<Run>> {
        self.list().iter().rev().cloned().collect()
    }

    /// The one of this identifier.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Run>> {
        self.list().iter().find(|run| run.id() == id).cloned()
    }

    /// The newest one on a server.
    pub(crate) fn newest_on(&self, server: &str) -> Option<Arc<Run>> {
        let list = self.list();
        list.iter()
            .rev()
            .find(|run| run.server() == server)
            .cloned()
    }

    /// The one that is at work on a server.
    pub(crate) fn at_work_on(&self, server: &str) -> Option<Arc<Run>> {
        let newest = self.newest_on(server);
        newest.filter(|run| !run.state().is_over())
    }

    /// How many are at work.
    pub(crate) fn at_work(&self) -> usize {
        *self.at_work.borrow()
    }

    /// How many ended how.
    pub(crate) fn finished(&self) -> Counts {
        let finished = self.finished.lock();
        finished.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts an operation on a server. It is on record before anything is done.
    ///
    /// # Errors
    /// Where there is no such server, where one is at work on it, where the panel ends, or where it can't be recorded.
    pub(crate) async fn start(
        &self,
        panel: &Shared,
        caller: &Caller,
        server: &str,
        order: Order,
    ) -> Result<Arc<Run>, Refusal> {
        let watched = panel.fleet.find(server);
        let watched = watched.ok_or_else(|| Refusal::Missing(format!("server {server}")))?;
        order.check()?;
        let run = Arc::new(Run::new(server, order, &caller.name));
        self.admit(panel, &run)?;
        let what = run.order().to_string();
        let recorded = panel
            .audit
            .record(&caller.name, caller.address, &what, Some(server));
        if let Err(error) = recorded.await {
            self.withdraw(&run);
            return Err(Refusal::not_recorded(&error));
        }
        watched.renew();
        let (panel, working) = (Shared::clone(panel), Arc::clone(&run));
        // A task of its own: it goes on when whoever asked goes away.
        tokio::spawn(async move {
            work::work(&panel, &watched, &working).await;
            panel.runs.ended(&working);
            watched.renew();
            watched.look_at_all();
        });
        Ok(run)
    }

    /// Puts one among the others that a test tells what to do.
    #[cfg(test)]
    pub(crate) fn put(&self, run: &Arc<Run>) {
        self.list().push_back(Arc::clone(run));
    }

    /// Puts it among the others, if none is at work on its server.
    fn admit(&self, panel: &Shared, run: &Arc<Run>) -> Result<(), Refusal> {
        let mut all = self.list();
        if panel.ending.is_asked() {
            return Err(Refusal::Busy(
                "The panel is about to end and starts nothing any more.".to_owned(),
            ));
        }
        let other = all
            .iter()
            .find(|other| other.server() == run.server() && !other.state().is_over());
        if let Some(other) = other {
            return Err(Refusal::Conflict(format!(
                "{} has {} at work on {} already.",
                other.by(),
                other.order().verb.name(),
                other.server()
            )));
        }
        while all.len() >= KEPT {
            let Some(oldest) = all.iter().position(|run| run.state().is_over()) else {
                return Err(Refusal::Busy(format!("{KEPT} runs are at work.")));
            };
            all.remove(oldest);
        }
        all.push_back(Arc::clone(run));
        self.at_work.send_modify(|number| *number += 1);
        Ok(())
    }

    fn withdraw(&self, run: &Arc<Run>) {
        self.list().retain(|other| !Arc::ptr_eq(other, run));
        self.at_work.send_modify(|number| *number -= 1);
    }

    fn ended(&self, run: &Arc<Run>) {
        if let State::Over { outcome, .. } = run.state() {
            let mut finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
            let (number, time) = finished.entry((run.order().verb, outcome)).or_default();
            *number += 1;
            *time += run.elapsed();
        }
        self.at_work.send_modify(|number| *number -= 1);
    }

    /// Waits until none is at work. Those that wait for somebody's yes have it refused.
    pub(crate) async fn all_over(&self) {
        for run in self.all() {
            run.decline();
        }
        let mut at_work = self.at_work.subscribe();
        let _over = at_work.wait_for(|number| *number == 0).await;
    }

    /// Has all end in good order.
    pub(crate) fn interrupt(&self) {
        for run in self.all() {
            run.interrupt();
        }
    }

    fn list(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Run>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
