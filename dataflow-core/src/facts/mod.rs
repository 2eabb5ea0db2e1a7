//! What a machine is: read once, by one script that needs nothing installed, and kept as plain values.
//!
//! A fact that could not be read is [`Fact::Unknown`] with the reason. Nothing here judges: see
//! [`preflight`](crate::preflight).

mod account;
mod answer;
mod aws;
pub mod catalogue;
mod cgroup;
mod collect;
mod disk_probe;
mod docker;
mod error;
mod fact;
mod kernel;
mod local;
mod memory;
mod network;
mod pbx_node;
mod platform;
mod power;
mod processor;
mod software;
mod storage;
mod system;
mod time;

use serde::{Deserialize, Serialize};

pub use account::{Account, Sudo};
use answer::Answer;
pub use aws::{Aws, Instance, Metadata};
#[cfg(feature = "docker")]
pub(crate) use collect::{DEADLINE, LIMIT, PROBE, facts_of};
pub use collect::{Question, read};
pub(crate) use disk_probe::milliseconds;
pub use disk_probe::{WriteLatency, write_latency, write_latency_on};
pub use docker::{Container, Docker, Engine};
pub use error::FactsError;
pub use fact::{Fact, Unseen};
pub use kernel::Kernel;
pub use local::read_local;
pub use memory::Memory;
pub use network::{Address, Firewall, Interface, Listener, Network, Protocol, Source};
pub(crate) use pbx_node::pbx_node;
pub use platform::{Platform, Sort};
pub use power::Power;
pub use processor::Processor;
pub use software::{Software, Unit};
pub use storage::{FileSystem, Medium, Place, Storage};
pub use system::{Os, System};
pub use time::{Keeper, Time};

/// The version of the shape of [`Facts`]; it grows when a recorded file of before can't be read any more.
pub const SCHEMA: u32 = 1;

/// A file of facts is some ten kilobytes; one that is larger than this many bytes is something else.
pub const RECORDED_LIMIT: u64 = 16 * 1024 * 1024;

/// What a machine is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The version of this shape.
    pub schema: u32,
    /// The machine, as it was reached.
    pub host: String,
    /// The operating system.
    pub system: System,
    /// The processor.
    pub processor: Processor,
    /// Memory and swap.
    pub memory: Memory,
    /// Where data is or will be.
    pub storage: Storage,
    /// The clock.
    pub time: Time,
    /// Settings of the kernel.
    pub kernel: Kernel,
    /// Power saving.
    pub power: Power,
    /// The user who signed in.
    pub account: Account,
    /// The network.
    pub network: Network,
    /// Software that matters.
    pub software: Software,
    /// Docker.
    pub docker: Docker,
    /// What AWS says of it.
    #[serde(default)]
    pub aws: Aws,
    /// What AWS says of the PBX node, where this program runs there.
    #[serde(default)]
    pub pbx_node: Aws,
}

impl Facts {
    /// Makes facts of what the probe wrote on the machine `host`, asked for the data path `path`. Never fails: what makes no
    /// sense is unknown.
    #[must_use]
    pub fn of_probe(text: &[u8], host: &str, path: &str) -> Self {
        let text = String::from_utf8_lossy(text);
        Self::of(&Answer::of(&text), host, path)
    }

    fn of(answer: &Answer<'_>, host: &str, path: &str) -> Self {
        let docker = Docker::of(answer);
        let root = docker.engine.known().map(|engine| engine.data_root.clone());
        Self {
            schema: SCHEMA,
            host: host.to_owned(),
            system: System::of(answer),
            processor: Processor::of(answer),
            memory: Memory::of(answer),
            storage: Storage::of(answer, path, root.as_deref()),
            time: Time::of(answer),
            kernel: Kernel::of(answer),
            power: Power::of(answer),
            account: Account::of(answer),
            network: Network::of(answer),
            software: Software::of(answer),
            docker,
            aws: Aws::of(answer),
            pbx_node: Aws::NotAsked("the PBX's address is not known".to_owned()),
        }
    }

    /// Reads facts that were recorded.
    ///
    /// # Errors
    /// [`FactsError::Schema`], [`FactsError::Recorded`].
    pub fn from_json(text: &str) -> Result<Self, FactsError> {
        let refuse = |error: serde_json::Error| FactsError::Recorded {
            reason: error.to_string(),
        };
        let value: serde_json::Value = serde_json::from_str(text).map_err(refuse)?;
        match value.get("schema").and_then(serde_json::Value::as_u64) {
            Some(found) if found != u64::from(SCHEMA) => Err(FactsError::Schema {
                found,
                known: SCHEMA,
            }),
            _ => serde_json::from_value(value).map_err(refuse),
        }
    }

    /// The facts as JSON, to be recorded.
    ///
    /// # Errors
    /// [`FactsError::Recorded`], which does not happen: everything in them can be written.
    pub fn to_json(&self) -> Result<String, FactsError> {
        serde_json::to_string_pretty(self).map_err(|error| FactsError::Recorded {
            reason: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests;
