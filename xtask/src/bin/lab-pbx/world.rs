//! All that this PBX is at a moment, behind one lock.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::controls::Controls;
use crate::ip_filters::{Entry, IpFilters, Target};
use crate::metadata::Instances;
use crate::seen::Seen;
use crate::sessions::{Sessions, random};

/// The world, as every port has it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Inner>);

struct Inner {
    world: Mutex<World>,
    /// Told when what new connections find has changed.
    changed: watch::Sender<()>,
}

/// What the administrator had done before a test begins.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Beginning {
    /// The server is on the whitelist, by hand; no token is asked for.
    ByHand,
    /// Nothing was done.
    Bare,
}

pub(crate) struct World {
    /// The administrator's password, unless a control says another.
    password: String,
    server: IpAddr,
    /// Its own address.
    pub(crate) own: Option<IpAddr>,
    pub(crate) controls: Controls,
    pub(crate) sessions: Sessions,
    pub(crate) ip_filters: IpFilters,
    /// The token that the service has to show, once one was generated.
    pub(crate) token: Option<String>,
    pub(crate) seen: Seen,
    /// Requests of each address in the present minute.
    pub(crate) this_minute: (i64, HashMap<IpAddr, u32>),
    pub(crate) instances: Instances,
}

impl Shared {
    pub(crate) fn new(password: String, server: IpAddr, own: Option<IpAddr>) -> Self {
        let world = Mutex::new(World::new(password, server, own));
        let changed = watch::Sender::new(());
        Self(Arc::new(Inner { world, changed }))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connections there are and has the listener look again.
    pub(crate) fn tell_listener(&self) {
        self.0.changed.send_replace(());
    }

    /// To be told of such changes.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.0.changed.subscribe()
    }
}

impl World {
    fn new(password: String, server: IpAddr, own: Option<IpAddr>) -> Self {
        let mut world = Self {
            password,
            server,
            own,
            controls: Controls::default(),
            sessions: Sessions::default(),
            ip_filters: IpFilters::default(),
            token: None,
            seen: Seen::default(),
            this_minute: (0, HashMap::new()),
            instances: Instances::new(server, own),
        };
        world.begin(Beginning::ByHand);
        world
    }

    /// Forgets all and begins anew.
    pub(crate) fn begin(&mut self, beginning: Beginning) {
        self.controls = Controls::default();
        self.sessions = Sessions::default();
        self.ip_filters = IpFilters::default();
        self.token = None;
        self.seen = Seen::default();
        self.this_minute = (0, HashMap::new());
        self.instances = Instances::new(self.server, self.own);
        if beginning == Beginning::ByHand {
            self.ip_filters.add(Entry {
                cidr: self.server.into(),
                target: Target::Accept,
                // As somebody at the portal would choose it: years ahead.
                expire_at: self
                    .now()
                    .checked_add(SignedDuration::from_hours(24 * 365 * 10))
                    .ok(),
                description: Some("Data Flow Server".to_owned()),
            });
        }
    }

    /// The time by this PBX's clock.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        let offset = SignedDuration::from_secs(self.controls.clock_offset);
        now.checked_add(offset).unwrap_or(now)
    }

    pub(crate) fn password(&self) -> &str {
        self.controls.password.as_deref().unwrap_or(&self.password)
    }

    /// A new token for the service, as the portal shows one.
    pub(crate) fn generate_token(&mut self) -> String {
        let token = format!("2.{}", random(48));
        self.token = Some(token.clone());
        token
    }

    /// Counts a request of this address, and says whether it is one too many in this minute.
    pub(crate) fn is_one_too_many(&mut self, from: IpAddr) -> bool {
        let minute = Timestamp::now().as_second() / 60;
        if self.this_minute.0 != minute {
            self.this_minute = (minute, HashMap::new());
        }
        let count = self.this_minute.1.entry(from).or_default();
        *count += 1;
        *count > self.controls.requests_per_minute
    }
}
