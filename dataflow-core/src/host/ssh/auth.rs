//! Signing in: keys first, then the password.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse as Reply};
use russh::keys::agent::AgentIdentity;
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use russh::{MethodKind, MethodSet};
use secrecy::{ExposeSecret as _, SecretString};

use super::super::output::escape;
use super::super::sign_in::ssh_directory;
use super::super::{HostError, KeyProblem, SignIn};
use super::Ending;
use super::agent::Agent;
use super::host_key::Client;
use super::keys::{self, Unusable};

/// How often OpenSSH lets one fail before it hangs up (`MaxAuthTries`, sshd_config(5)).
const MAX_TRIES: usize = 6;

/// How often a program may ask back by keyboard-interactive before it is given up on.
const MAX_QUESTIONS: usize = 8;

/// Signs in, or tells what was tried and what the server would accept.
pub(super) async fn sign_in(
    handle: &mut Handle<Client>,
    user: &str,
    label: &str,
    sign_in: &SignIn,
    ending: &Ending,
) -> Result<(), HostError> {
    let mut agent = None;
    let mut tried = Vec::new();
    if sign_in.agent && std::env::var_os("SSH_AUTH_SOCK").is_some() {
        match Agent::open(handle.agent_session_binding()).await {
            Ok(open) => agent = Some(open),
            Err(reason) => tried.push(format!("the agent (not usable: {})", escape(&reason))),
        }
    }
    // The password has its turn even where the agent has many keys.
    let key_tries = if sign_in.password.is_some() {
        MAX_TRIES - 2
    } else {
        MAX_TRIES
    };
    let mut trial = Trial {
        handle,
        user,
        label,
        ending,
        agent,
        tried,
        accepted: None,
        key_tries,
    };
    if trial.run(sign_in).await? {
        return Ok(());
    }
    let accepted = trial.accepted.iter().flat_map(|methods| methods.iter());
    Err(HostError::AuthFailed {
        host: label.to_owned(),
        user: user.to_owned(),
        accepted: accepted.map(String::from).collect(),
        tried: trial.tried,
    })
}

struct Trial<'a> {
    handle: &'a mut Handle<Client>,
    user: &'a str,
    label: &'a str,
    ending: &'a Ending,
    agent: Option<Agent>,
    tried: Vec<String>,
    /// What the server would accept next; not known before the first refusal.
    accepted: Option<MethodSet>,
    /// How many more keys may be tried.
    key_tries: usize,
}

impl Trial<'_> {
    /// Whether one is signed in at the end.
    async fn run(&mut self, sign_in: &SignIn) -> Result<bool, HostError> {
        for path in &sign_in.identities {
            if self.file(path, sign_in.passphrase.as_ref(), true).await? {
                return Ok(true);
            }
        }
        if self.agent_keys().await? {
            return Ok(true);
        }
        if sign_in.identities.is_empty() {
            for path in usual_files() {
                if self.file(&path, sign_in.passphrase.as_ref(), false).await? {
                    return Ok(true);
                }
            }
        }
        if let Some(password) = &sign_in.password {
            if self.password(password).await? {
                return Ok(true);
            }
            // Where the server takes passwords, the same one does not become right by another way.
            if !self.accepts(MethodKind::Password) && self.keyboard_interactive(password).await? {
                return Ok(true);
            }
        }
        if self.accepted.is_none() {
            // Nothing was there to try: ask what would be.
            let result = self.handle.authenticate_none(self.user).await;
            return self.judge(result);
        }
        Ok(false)
    }

    fn accepts(&self, method: MethodKind) -> bool {
        self.accepted
            .as_ref()
            .is_none_or(|accepted| accepted.contains(&method))
    }

    /// Whether a try let one in. Notes what the server accepts if not.
    fn judge(&mut self, result: Result<AuthResult, russh::Error>) -> Result<bool, HostError> {
        match result {
            Ok(AuthResult::Success) => Ok(true),
            Ok(AuthResult::Failure {
                remaining_methods,
                partial_success,
            }) => {
                self.refused(remaining_methods, partial_success)?;
                Ok(false)
            }
            Err(_) => Err(self.lost()),
        }
    }

    fn refused(&mut self, accepted: MethodSet, in_part: bool) -> Result<(), HostError> {
        // The library also says so when the session has ended.
        if accepted.is_empty() && self.handle.is_closed() {
            return Err(self.lost());
        }
        if in_part && let Some(last) = self.tried.last_mut() {
            last.push_str(" (accepted, but the server wants more)");
        }
        self.accepted = Some(accepted);
        Ok(())
    }

    /// The server hung up. Having refused something before, it means that as an answer too.
    fn lost(&self) -> HostError {
        let host = self.label.to_owned();
        match &self.accepted {
            None => HostError::Handshake {
                host,
                reason: format!(
                    "while signing in as {}, {}",
                    self.user,
                    self.ending.reason()
                ),
            },
            Some(accepted) => {
                let mut tried = self.tried.clone();
                tried.push(format!("then {}", self.ending.reason()));
                let accepted = accepted.iter().map(String::from).collect();
                HostError::AuthFailed {
                    host,
                    user: self.user.to_owned(),
                    tried,
                    accepted,
                }
            }
        }
    }

    async fn file(
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

    async fn private_key(&mut self, path: &Path, key: PrivateKey) -> Result<bool, HostError> {
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
            agent.take(key.public_key());
        }
        self.tried.push(format!(
            "{} {}",
            path.display(),
            fingerprint(key.public_key())
        ));
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
        let result = self.handle.authenticate_publickey(self.user, key).await;
        self.judge(result)
    }

    async fn agent_keys(&mut self) -> Result<bool, HostError> {
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

    /// The hash to sign with by an RSA key. SHA-1 is not used: servers have refused it since OpenSSH 8.8.
    async fn rsa_hash(&mut self) -> Result<Option<HashAlg>, HostError> {
        let best = self
            .handle
            .best_supported_rsa_hash()
            .await
            .map_err(|_| self.lost())?;
        Ok(Some(best.flatten().unwrap_or(HashAlg::Sha512)))
    }

    async fn password(&mut self, password: &SecretString) -> Result<bool, HostError> {
        if !self.accepts(MethodKind::Password) {
            return Ok(false);
        }
        self.tried.push("password".into());
        let result = self
            .handle
            .authenticate_password(self.user, password.expose_secret())
            .await;
        self.judge(result)
    }

    async fn keyboard_interactive(&mut self, password: &SecretString) -> Result<bool, HostError> {
        if !self.accepts(MethodKind::KeyboardInteractive) {
            return Ok(false);
        }
        self.tried.push("password by keyboard-interactive".into());
        let mut answered = false;
        let mut reply = self
            .handle
            .authenticate_keyboard_interactive_start(self.user, None)
            .await;
        for _ in 0..MAX_QUESTIONS {
            let prompts = match reply {
                Ok(Reply::Success) => return Ok(true),
                Ok(Reply::Failure {
                    remaining_methods,
                    partial_success,
                }) => {
                    self.refused(remaining_methods, partial_success)?;
                    return Ok(false);
                }
                Ok(Reply::InfoRequest { prompts, .. }) => prompts,
                Err(_) => return Err(self.lost()),
            };
            let answers = match prompts.as_slice() {
                [] => Vec::new(),
                [prompt] if !prompt.echo && !answered => {
                    answered = true;
                    vec![password.expose_secret().to_owned()]
                }
                [prompt, ..] => {
                    if let Some(last) = self.tried.last_mut() {
                        last.push_str(&format!(
                            " (the server also asked: {})",
                            escape(prompt.prompt.trim())
                        ));
                    }
                    return Ok(false);
                }
            };
            reply = self
                .handle
                .authenticate_keyboard_interactive_respond(answers)
                .await;
        }
        Ok(false)
    }
}

/// The key files that are tried where none are given. RSA is in the list so that it is found by the agent, or named.
fn usual_files() -> impl Iterator<Item = PathBuf> {
    let names = ["id_ed25519", "id_ecdsa", "id_rsa"];
    ssh_directory()
        .into_iter()
        .flat_map(move |directory| names.map(|name| directory.join(name)))
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
