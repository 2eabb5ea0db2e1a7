//! One server that is looked after.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use dataflow_core::spec::Settings;
use tokio::sync::{Notify, watch};

use super::{Sample, Seen, Series, SettingsError, settings};

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

    /// Has it looked at now.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    /// Told of each look.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn saw(&self, seen: Seen, sample: Option<Sample>) {
        if let Some(sample) = sample {
            let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
            series.push(sample);
        }
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(seen);
        self.changes.send_modify(|count| *count += 1);
    }
}
