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
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

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

/// All servers of the settings file, in its order.
pub(crate) struct Fleet {
    servers: RwLock<Arc<[Arc<Watched>]>>,
    /// What the API tells of all of them.
    pub(crate) cached: Cached,
}

impl Fleet {
    /// The servers that the settings file names.
    ///
    /// # Errors
    /// Where the file is wrong.
    pub(crate) fn open(config: &Path) -> Result<Self, StartError> {
        let servers = settings::servers(config)?;
        let servers = servers
            .into_iter()
            .map(|(name, address)| Arc::new(Watched::new(name, address, config.to_owned())));
        Ok(Self {
            servers: RwLock::new(servers.collect()),
            cached: Cached::default(),
        })
    }

    /// All of them.
    pub(crate) fn servers(&self) -> Arc<[Arc<Watched>]> {
        let servers = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&servers)
    }

    /// Another one whenever something is seen of any of them.
    pub(crate) fn version(&self) -> u64 {
        self.servers().iter().map(|server| server.version()).sum()
    }

    /// The one of this name.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<Watched>> {
        let servers = self.servers();
        servers.iter().find(|server| server.name() == name).cloned()
    }

    /// Begins to look at all of them.
    pub(crate) fn watch(&self, panel: &Shared) {
        for server in self.servers().iter() {
            tokio::spawn(live::renew(Shared::clone(panel), Arc::clone(server)));
            tokio::spawn(logs::follow(Shared::clone(panel), Arc::clone(server)));
            tokio::spawn(poller::poll(Shared::clone(panel), Arc::clone(server)));
        }
    }
}
