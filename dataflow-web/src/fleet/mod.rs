//! The servers that are looked after: what each is doing, as it was last seen. Pages read that and never wait for a server.

mod deep;
mod logs;
mod looked;
pub(crate) mod pbx;
mod poller;
mod seen;
mod series;
mod settings;
mod watched;

use std::{
    fs::Metadata,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::time::sleep;

use crate::{
    api::Cached,
    live,
    panel::{Shared, StartError},
};
pub(crate) use logs::LogState;
pub(crate) use looked::Looked;
pub(crate) use seen::{Fitness, Seen, Standing, Trouble};
pub(crate) use series::{Load, Sample, Series};
pub(crate) use settings::SettingsError;
pub(crate) use watched::Watched;

/// Time between two looks whether the settings file has changed.
const EVERY: Duration = Duration::from_secs(5);

/// All servers of the settings file, in its order.
pub(crate) struct Fleet {
    servers: RwLock<Arc<[Arc<Watched>]>>,
    config: PathBuf,
    /// The settings file as it was read at the start.
    read: Option<Stamp>,
    /// Why the settings file can't be read as it is now; the servers are those of before.
    wrong: RwLock<Option<String>>,
    /// Grows when servers come or go.
    changes: AtomicU64,
    /// What the API tells of all of them.
    pub(crate) cached: Cached,
}

impl Fleet {
    /// The servers that the settings file names; none where there is no file yet.
    ///
    /// # Errors
    /// Where the file is wrong.
    pub(crate) fn open(config: &Path) -> Result<Self, StartError> {
        // Before it is read: a change in between is seen.
        let read = stamp(std::fs::metadata(config));
        let servers = settings::servers(config)?;
        let servers = servers
            .into_iter()
            .map(|(name, address)| Arc::new(Watched::new(name, address, config.to_owned())));
        Ok(Self {
            servers: RwLock::new(servers.collect()),
            config: config.to_owned(),
            read,
            wrong: RwLock::default(),
            changes: AtomicU64::new(0),
            cached: Cached::default(),
        })
    }

    /// All of them.
    pub(crate) fn servers(&self) -> Arc<[Arc<Watched>]> {
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&servers)
    }

    /// Why the settings file can't be read as it is now.
    pub(crate) fn wrong(&self) -> Option<String> {
        let wrong = self.wrong.read().unwrap_or_else(PoisonError::into_inner);
        wrong.clone()
    }

    /// Another one whenever something is seen of any of them.
    pub(crate) fn version(&self) -> u64 {
        let seen: u64 = self.servers().iter().map(|server| server.version()).sum();
        self.changes.load(Ordering::Relaxed).wrapping_add(seen)
    }

    /// The one of this name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<Watched>> {
        let servers = self.servers();
        servers.iter().find(|server| server.name() == name).cloned()
    }

    /// Begins to look at all of them, and at those that the settings file names later.
    pub(crate) fn watch(&self, panel: &Shared) {
        for server in self.servers().iter() {
            watch(panel, server);
        }
        let panel = Shared::clone(panel);
        tokio::spawn(async move {
            let mut known = panel.fleet.read;
            loop {
                tokio::select! {
                    () = sleep(EVERY) => {}
                    () = panel.ending.wait() => return,
                }
                let now = stamp(tokio::fs::metadata(&panel.fleet.config).await);
                if now != known {
                    known = now;
                    panel.fleet.read_again(&panel).await;
                }
            }
        });
    }

    /// Takes the servers of the settings file as it is now. One whose name and address stay is left alone.
    async fn read_again(&self, panel: &Shared) {
        let config = self.config.clone();
        let read = tokio::task::spawn_blocking(move || settings::servers(&config)).await;
        let read = match read {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => return self.is_wrong(Some(error.to_string())),
            Err(error) => return self.is_wrong(Some(error.to_string())),
        };
        self.is_wrong(None);
        let before = self.servers();
        let kept = |name: &str, address: &str| {
            let same =
                |server: &&Arc<Watched>| server.name() == name && server.address() == address;
            before.iter().find(same).cloned()
        };
        let now: Arc<[_]> = read
            .into_iter()
            .map(|(name, address)| match kept(&name, &address) {
                Some(server) => server,
                None => {
                    let server = Arc::new(Watched::new(name, address, self.config.clone()));
                    watch(panel, &server);
                    server
                }
            })
            .collect();
        for server in before.iter() {
            if !now.iter().any(|other| Arc::ptr_eq(other, server)) {
                server.gone.raise();
            }
        }
        *self.servers.write().unwrap_or_else(PoisonError::into_inner) = now;
        self.changes.fetch_add(1 << 32, Ordering::Relaxed);
        panel.live.overview.tell("reset", "{}");
    }

    fn is_wrong(&self, why: Option<String>) {
        *self.wrong.write().unwrap_or_else(PoisonError::into_inner) = why;
    }
}

/// Begins to look at a server.
fn watch(panel: &Shared, server: &Arc<Watched>) {
    tokio::spawn(live::renew(Shared::clone(panel), Arc::clone(server)));
    tokio::spawn(logs::follow(Shared::clone(panel), Arc::clone(server)));
    tokio::spawn(poller::poll(Shared::clone(panel), Arc::clone(server)));
}

/// When a file was changed, and its length.
type Stamp = (SystemTime, u64);

/// What changes when a file does; `None` where there is none.
fn stamp(metadata: std::io::Result<Metadata>) -> Option<Stamp> {
    let metadata = metadata.ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
