//! Signing in: keys first, then the password.

mod by_key;
mod by_password;

use russh::client::{AuthResult, Handle};
use russh::{MethodKind, MethodSet};

use super::super::output::escape;
use super::super::{HostError, SignIn};
use super::Ending;
use super::agent::Agent;
use super::host_key::Client;
use by_key::usual_files;

/// How often OpenSSH lets one fail before it hangs up (`MaxAuthTries`, sshd_config(5)).
const MAX_TRIES: usize = 6;

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
        MAX_TRIES - 1
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
}
