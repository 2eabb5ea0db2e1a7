//! Signing in by key files.

use std::path::Path;
use std::sync::Arc;

use russh::keys::agent::AgentIdentity;
use russh::keys::{Algorithm, HashAlg, PrivateKeyWithHashAlg, PublicKey};
use russh::{MethodKind, Signer};

use super::super::keys::{self, Key, Unusable};
use super::super::route::{KeyFile, Origin};
use super::super::rsa::SignError;
use super::{MAX_TRIES, Trial};
use crate::host::{HostError, KeyProblem};

impl Trial<'_> {
    /// Tries all keys, in this order: files that are named, keys of the agent, files with the usual names.
    pub(super) async fn keys(&mut self) -> Result<bool, HostError> {
        let keys = &self.hop.keys;
        let (usual, named): (Vec<&KeyFile>, Vec<&KeyFile>) = keys
            .files
            .iter()
            .partition(|file| file.origin == Origin::Usual);
        for file in named {
            if self.file(file).await? {
                return Ok(true);
            }
        }
        if !keys.only {
            // The usual files have their turn even where the agent has many keys.
            let there = usual.iter().filter(|file| file.path.exists()).count();
            if self.agent_keys(there.min(MAX_TRIES - 1)).await? {
                return Ok(true);
            }
        }
        for file in usual {
            if self.file(file).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn file(&mut self, file: &KeyFile) -> Result<bool, HostError> {
        if !self.accepts(MethodKind::PublicKey) {
            return Ok(false);
        }
        let path = &file.path;
        let keys = &self.hop.keys;
        let answer = keys.answers.passphrases.get(path);
        let passphrase = match answer {
            Some(answer) => answer.clone(),
            None => keys.passphrase.clone(),
        };
        let loaded = {
            let path = path.clone();
            tokio::task::spawn_blocking(move || keys::load(&path, passphrase.as_ref())).await
        };
        let problem = match loaded {
            Ok(Ok(key)) => return self.private_key(path, key).await,
            Ok(Err(Unusable { problem, public })) => {
                let held = public
                    .as_ref()
                    .and_then(|public| self.agent.as_mut()?.take(public));
                if let Some(key) = held {
                    return self.agent_key(key).await;
                }
                if problem == KeyProblem::Encrypted
                    && let Some(public) = public
                    && !self.would_accept(path, *public).await?
                {
                    return Ok(false);
                }
                problem
            }
            Err(error) => KeyProblem::Unreadable(error.to_string()),
        };
        if problem == KeyProblem::Encrypted && answer.is_none() {
            self.locked.push(path.clone());
        }
        // A wrong answer is told at once.
        if file.origin == Origin::Given || answer.is_some_and(Option::is_some) {
            return Err(HostError::KeyFile {
                path: path.clone(),
                problem,
            });
        }
        // Files that ssh_config names need not be there.
        if !matches!(problem, KeyProblem::Unreadable(_)) {
            self.tried
                .push(format!("{} (not usable: {problem})", path.display()));
        }
        Ok(false)
    }

    /// Whether the server would accept a key that is not open: nobody is asked for the passphrase of another.
    async fn would_accept(&mut self, path: &Path, key: PublicKey) -> Result<bool, HostError> {
        if !self.has_try_for(path) {
            return Ok(false);
        }
        let what = format!("{} {}", path.display(), fingerprint(&key));
        let hash = self.hash_for(&key).await?;
        let mut unopened = Unopened;
        let trying = self.handle.authenticate_publickey_with(
            self.hop.user.as_str(),
            key,
            hash,
            &mut unopened,
        );
        match trying.await {
            Err(NotSigned::Unopened) => {
                self.key_tries += 1;
                Ok(true)
            }
            Err(NotSigned::Lost) => Err(self.lost()),
            Ok(result) => {
                self.tried.push(what);
                self.judge(Ok(result))
            }
        }
    }

    /// Whether one more key may be tried; counts it.
    fn has_try_for(&mut self, path: &Path) -> bool {
        let has = self.key_tries > 0;
        if has {
            self.key_tries -= 1;
        } else {
            self.tried.push(format!(
                "{} (not tried: a server allows only {MAX_TRIES} tries)",
                path.display()
            ));
        }
        has
    }

    async fn private_key(&mut self, path: &Path, key: Key) -> Result<bool, HostError> {
        let public = match &key {
            Key::Plain(key) => key.public_key().clone(),
            Key::Rsa(key) => key.public().clone(),
        };
        if !self.has_try_for(path) {
            return Ok(false);
        }
        if let Some(agent) = &mut self.agent {
            // It need not be tried again.
            agent.take(&public);
        }
        self.tried
            .push(format!("{} {}", path.display(), fingerprint(&public)));
        let result = match key {
            Key::Plain(key) => {
                let key = PrivateKeyWithHashAlg::new(Arc::new(*key), None);
                self.handle
                    .authenticate_publickey(self.hop.user.as_str(), key)
                    .await
            }
            Key::Rsa(mut key) => {
                let hash = self.hash_for(&public).await?;
                let trying = self.handle.authenticate_publickey_with(
                    self.hop.user.as_str(),
                    public,
                    hash,
                    key.as_mut(),
                );
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
}

/// Stands for a key that is not open: it is asked to sign where the server would accept the key.
struct Unopened;

/// Why nothing was signed.
enum NotSigned {
    Unopened,
    Lost,
}

impl From<russh::SendError> for NotSigned {
    fn from(_: russh::SendError) -> Self {
        Self::Lost
    }
}

impl Signer for Unopened {
    type Error = NotSigned;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        _: Option<HashAlg>,
        _: Vec<u8>,
    ) -> Result<Vec<u8>, NotSigned> {
        Err(NotSigned::Unopened)
    }
}

pub(super) fn fingerprint(key: &PublicKey) -> String {
    let kind = match key.algorithm() {
        Algorithm::Ed25519 => "ED25519".to_owned(),
        Algorithm::Ecdsa { .. } => "ECDSA".to_owned(),
        Algorithm::Rsa { .. } => "RSA".to_owned(),
        other => other.as_str().to_owned(),
    };
    format!("{kind} {}", key.fingerprint(HashAlg::Sha256))
}
