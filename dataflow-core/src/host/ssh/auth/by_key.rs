//! Signing in by key: from files and from the agent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::MethodKind;
use russh::keys::agent::AgentIdentity;
use russh::keys::{Algorithm, HashAlg, PrivateKeyWithHashAlg, PublicKey};
use secrecy::SecretString;

use super::super::keys::{self, Key, Unusable};
use super::super::rsa::SignError;
use super::{MAX_TRIES, Trial};
use crate::host::output::escape;
use crate::host::sign_in::ssh_directory;
use crate::host::{HostError, KeyProblem};

/// The key files that are tried where none are given.
pub(super) fn usual_files() -> impl Iterator<Item = PathBuf> {
    let names = ["id_ed25519", "id_ecdsa", "id_rsa"];
    ssh_directory()
        .into_iter()
        .flat_map(move |directory| names.map(|name| directory.join(name)))
}

impl Trial<'_> {
    pub(super) async fn file(
        &mut self,
        path: &Path,
        passphrase: Option<&SecretString>,
        asked_for: bool,
    ) -> Result<bool, HostError> {
        if !self.accepts(MethodKind::PublicKey) {
            return Ok(false);
        }
        let loaded = {
            let (path, passphrase) = (path.to_owned(), passphrase.cloned());
            tokio::task::spawn_blocking(move || keys::load(&path, passphrase.as_ref())).await
        };
        let problem = match loaded {
            Ok(Ok(key)) => return self.private_key(path, key).await,
            Ok(Err(Unusable { problem, public })) => {
                let held = public.and_then(|public| self.agent.as_mut()?.take(&public));
                if let Some(key) = held {
                    return self.agent_key(key).await;
                }
                problem
            }
            Err(error) => KeyProblem::Unreadable(error.to_string()),
        };
        if asked_for {
            return Err(HostError::KeyFile {
                path: path.to_owned(),
                problem,
            });
        }
        if !matches!(problem, KeyProblem::Unreadable(_)) {
            self.tried
                .push(format!("{} (not usable: {problem})", path.display()));
        }
        Ok(false)
    }

    async fn private_key(&mut self, path: &Path, key: Key) -> Result<bool, HostError> {
        let public = match &key {
            Key::Plain(key) => key.public_key().clone(),
            Key::Rsa(key) => key.public().clone(),
        };
        if self.key_tries == 0 {
            self.tried.push(format!(
                "{} (not tried: a server allows only {MAX_TRIES} tries)",
                path.display()
            ));
            return Ok(false);
        }
        self.key_tries -= 1;
        if let Some(agent) = &mut self.agent {
            // It need not be tried again.
            agent.take(&public);
        }
        self.tried
            .push(format!("{} {}", path.display(), fingerprint(&public)));
        let result = match key {
            Key::Plain(key) => {
                let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
                self.handle.authenticate_publickey(self.user, key).await
            }
            Key::Rsa(mut key) => {
                let hash = self.rsa_hash().await?;
                let trying =
                    self.handle
                        .authenticate_publickey_with(self.user, public, hash, key.as_mut());
                match trying.await {
                    Err(SignError::Key) => {
                        let problem = KeyProblem::Rejected(SignError::Key.to_string());
                        let path = path.to_owned();
                        return Err(HostError::KeyFile { path, problem });
                    }
                    Err(SignError::Lost) => return Err(self.lost()),
                    Ok(result) => Ok(result),
                }
            }
        };
        self.judge(result)
    }

    pub(super) async fn agent_keys(&mut self) -> Result<bool, HostError> {
        while self.accepts(MethodKind::PublicKey)
            && let Some(agent) = &mut self.agent
        {
            if self.key_tries == 0 && agent.left() > 0 {
                self.tried.push(format!(
                    "{} more agent keys (not tried: a server allows only {MAX_TRIES} tries)",
                    agent.left()
                ));
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

    async fn agent_key(&mut self, identity: AgentIdentity) -> Result<bool, HostError> {
        self.key_tries = self.key_tries.saturating_sub(1);
        let public = identity.public_key().into_owned();
        let what = format!(
            "agent key {} {}",
            fingerprint(&public),
            escape(identity.comment())
        );
        self.tried.push(what.trim_end().to_owned());
        let hash = if public.algorithm().is_rsa() {
            self.rsa_hash().await?
        } else {
            None
        };
        let Some(agent) = &mut self.agent else {
            return Ok(false);
        };
        let result = match identity {
            AgentIdentity::PublicKey { key, .. } => {
                self.handle
                    .authenticate_publickey_with(self.user, key, hash, &mut agent.client)
                    .await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                self.handle
                    .authenticate_certificate_with(self.user, certificate, hash, &mut agent.client)
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

    /// The hash to sign with by an RSA key. SHA-1 is not used: servers have refused it since
    /// OpenSSH 8.8.
    async fn rsa_hash(&mut self) -> Result<Option<HashAlg>, HostError> {
        let best = self
            .handle
            .best_supported_rsa_hash()
            .await
            .map_err(|_| self.lost())?;
        Ok(Some(best.flatten().unwrap_or(HashAlg::Sha512)))
    }
}

fn fingerprint(key: &PublicKey) -> String {
    let kind = match key.algorithm() {
        Algorithm::Ed25519 => "ED25519".to_owned(),
        Algorithm::Ecdsa { .. } => "ECDSA".to_owned(),
        Algorithm::Rsa { .. } => "RSA".to_owned(),
        other => other.as_str().to_owned(),
    };
    format!("{kind} {}", key.fingerprint(HashAlg::Sha256))
}
