//! The operator's ssh-agent.

use std::path::Path;

use russh::keys::PublicKey;
use russh::keys::agent::client::AgentClient;
use russh::keys::agent::{AgentIdentity, AgentSessionBinding};
use tokio::net::UnixStream;

/// A connection to the agent, and the keys it has that were not tried yet.
pub(super) struct Agent {
    pub(super) client: AgentClient<UnixStream>,
    keys: Vec<AgentIdentity>,
}

impl Agent {
    /// Connects to the agent at a socket; the error says why there is none to use.
    pub(super) async fn open(
        socket: &Path,
        binding: Option<&AgentSessionBinding>,
    ) -> Result<Self, String> {
        let mut client = AgentClient::connect_uds(socket)
            .await
            .map_err(|error| error.to_string())?;
        if let Some(binding) = binding {
            // An agent that does not know this extension works without it.
            let _ = client.bind_session(binding, false).await;
        }
        let keys = client
            .request_identities()
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self { client, keys })
    }

    /// Takes the next key that was not tried yet.
    pub(super) fn take_next(&mut self) -> Option<AgentIdentity> {
        (!self.keys.is_empty()).then(|| self.keys.remove(0))
    }

    /// Takes this key, if the agent has it.
    pub(super) fn take(&mut self, wanted: &PublicKey) -> Option<AgentIdentity> {
        let is_wanted = |key: &AgentIdentity| matches!(key, AgentIdentity::PublicKey { key, .. } if key.key_data() == wanted.key_data());
        let at = self.keys.iter().position(is_wanted)?;
        Some(self.keys.remove(at))
    }

    /// How many keys are left.
    pub(super) fn left(&self) -> usize {
        self.keys.len()
    }
}
