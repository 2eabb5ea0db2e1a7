//! Signing in by keys of the agent.

use russh::MethodKind;
use russh::keys::agent::AgentIdentity;
use russh::keys::{HashAlg, PublicKey};

use super::super::agent::Agent;
use super::by_key::fingerprint;
use super::{MAX_TRIES, Trial};
use crate::host::HostError;
use crate::host::output::escape;

impl Trial<'_> {
    /// Tries the keys of the agent, and leaves so many tries.
    pub(super) async fn agent_keys(&mut self, leave: usize) -> Result<bool, HostError> {
        while self.accepts(MethodKind::PublicKey)
            && let Some(agent) = &mut self.agent
        {
            if self.key_tries <= leave && agent.left() > 0 {
                self.note_untried();
                return Ok(false);
            }
            let Some(key) = agent.take_next() else {
                return Ok(false);
            };
            if self.agent_key(key).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Notes how many keys of the agent have no turn.
    pub(super) fn note_untried(&mut self) {
        let left = self.agent.as_ref().map_or(0, Agent::left);
        if left > 0 {
            self.tried.push(format!(
                "{left} more agent keys (not tried: a server allows only {MAX_TRIES} tries)"
            ));
        }
    }

    pub(super) async fn agent_key(&mut self, identity: AgentIdentity) -> Result<bool, HostError> {
        self.key_tries = self.key_tries.saturating_sub(1);
        let public = identity.public_key().into_owned();
        let what = format!(
            "agent key {} {}",
            fingerprint(&public),
            escape(identity.comment())
        );
        self.tried.push(what.trim_end().to_owned());
        let hash = self.hash_for(&public).await?;
        let Some(agent) = &mut self.agent else {
            return Ok(false);
        };
        let result = match identity {
            AgentIdentity::PublicKey { key, .. } => {
                self.handle
                    .authenticate_publickey_with(
                        self.hop.user.as_str(),
                        key,
                        hash,
                        &mut agent.client,
                    )
                    .await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                self.handle
                    .authenticate_certificate_with(
                        self.hop.user.as_str(),
                        certificate,
                        hash,
                        &mut agent.client,
                    )
                    .await
            }
        };
        match result {
            Ok(result) => self.judge(Ok(result)),
            Err(_) if self.handle.is_closed() => Err(self.lost()),
            Err(error) => {
                if let Some(last) = self.tried.last_mut() {
                    last.push_str(&format!(
                        " (the agent did not sign: {})",
                        escape(&error.to_string())
                    ));
                }
                Ok(false)
            }
        }
    }

    /// The hash to sign with by an RSA key; none for others. SHA-1 is not used: servers have refused it since OpenSSH 8.8.
    pub(super) async fn hash_for(&mut self, key: &PublicKey) -> Result<Option<HashAlg>, HostError> {
        if !key.algorithm().is_rsa() {
            return Ok(None);
        }
        match self.handle.best_supported_rsa_hash().await {
            Ok(best) => Ok(Some(best.flatten().unwrap_or(HashAlg::Sha512))),
            Err(_) => Err(self.lost()),
        }
    }
}
