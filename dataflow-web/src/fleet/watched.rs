//! One server that is looked after.

use std::{
    path::PathBuf,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use dataflow_core::spec::Settings;
use tokio::sync::{Notify, watch};

use super::{Sample, Seen, Series, SettingsError, logs::Logs, settings};
use crate::{
    api::Cached,
    ending::Ending,
    live::{self, Topic},
    panel::Panel,
};

/// One server that is looked after.
pub(crate) struct Watched {
    name: String,
    address: String,
    config: PathBuf,
    seen: RwLock<Arc<Seen>>,
    series: RwLock<Series>,
    /// Counts what was seen, for those who show it.
    changes: watch::Sender<u64>,
    /// Has it looked at before its time.
    pub(super) look: Notify,
    all: AtomicBool,
    /// Raised when the settings file does not name it any more.
    pub(super) gone: Ending,
    /// What the API tells of it.
    pub(crate) cached: Cached,
    /// Looks, and those that failed.
    looks: (AtomicU64, AtomicU64),
    /// What its containers write.
    pub(crate) logs: Logs,
    /// What pages that show this server listen to.
    pub(crate) topic: Topic,
}

impl Watched {
    pub(super) fn new(name: String, address: String, config: PathBuf) -> Self {
        Self {
            name,
            address,
            config,
            seen: RwLock::default(),
            series: RwLock::default(),
            changes: watch::Sender::new(0),
            look: Notify::new(),
            all: AtomicBool::new(false),
            gone: Ending::new(),
            cached: Cached::default(),
            looks: Default::default(),
            logs: Logs::new(),
            topic: Topic::new(live::KEPT),
        }
    }

    /// Its name: that in the settings file, or its address where it has none.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, as `ssh://user@host`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What was seen last.
    pub(crate) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The figures over time.
    pub(crate) fn series(&self) -> Series {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        series.clone()
    }

    /// All that the settings file says of it now, with its secrets.
    pub(crate) async fn settings(&self) -> Result<Settings, SettingsError> {
        settings::of(self.config.clone(), self.name.clone()).await
    }

    /// Waits until it is not looked after any more.
    pub(crate) async fn end(&self, panel: &Panel) {
        tokio::select! {
            () = panel.ending.wait() => {}
            () = self.gone.wait() => {}
        }
    }

    /// Has all of it looked at now: what it does, what was done to it, what would be done to it, whether it is fit.
    pub(crate) fn look_at_all(&self) {
        self.all.store(true, Ordering::Relaxed);
        self.look.notify_one();
    }

    /// Whether all of it is to be looked at now; asked once.
    pub(super) fn is_all_wanted(&self) -> bool {
        self.all.swap(false, Ordering::Relaxed)
    }

    /// Another one whenever something is seen of it.
    pub(crate) fn version(&self) -> u64 {
        *self.changes.borrow()
    }

    /// Has those who show it look again: something about it has changed that is not kept here.
    pub(crate) fn renew(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// How many looks there were, and how many failed.
    pub(crate) fn looks(&self) -> (u64, u64) {
        let (all, failed) = &self.looks;
        (all.load(Ordering::Relaxed), failed.load(Ordering::Relaxed))
    }

    pub(super) fn count_look(&self, failed: bool) {
        self.looks.0.fetch_add(1, Ordering::Relaxed);
        self.looks.1.fetch_add(u64::from(failed), Ordering::Relaxed);
    }

    /// Told of each look.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Changes what is seen, and has those who show it told.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Seen)) {
        let mut held = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let mut seen = Seen::clone(&held);
        change(&mut seen);
        *held = Arc::new(seen);
        drop(held);
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn measured(&self, sample: Sample) {
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        series.push(sample);
    }
}
