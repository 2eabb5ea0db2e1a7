//! Signing in: keys first, then questions, then the password.

mod by_agent;
mod by_key;
mod by_password;

use std::path::PathBuf;

use russh::client::{AuthResult, Handle};
use russh::{MethodKind, MethodSet};
use secrecy::SecretString;

use super::super::HostError;
use super::super::output::escape;
use super::agent::Agent;
use super::client::Client;
use super::link::Ending;
use super::patience::Patience;
use super::route::Hop;

/// How often OpenSSH lets one fail before it hangs up (`MaxAuthTries`, sshd_config(5)).
const MAX_TRIES: usize = 6;

/// Signs in, or tells what was tried and what the server would accept. Gives the password that the operator typed, where the
/// server asked for it.
pub(super) async fn sign_in(
    handle: &mut Handle<Client>,
    hop: &Hop,
    ending: &Ending,
    patience: &Patience,
) -> Result<Option<SecretString>, HostError> {
    let mut agent = None;
    let mut tried = Vec::new();
    if let Some(socket) = &hop.keys.agent {
        match Agent::open(socket, handle.agent_session_binding()).await {
            Ok(open) => agent = Some(open),
            Err(reason) => tried.push(format!("the agent (not usable: {})", escape(&reason))),
        }
    }
    // The password has its turn even where the agent has many keys.
    let key_tries = if hop.password.is_some() {
        MAX_TRIES - 1
    } else {
        MAX_TRIES
    };
    let mut trial = Trial {
        handle,
        hop,
        ending,
        patience,
        agent,
        tried,
        locked: Vec::new(),
        typed: None,
        accepted: None,
        key_tries,
    };
    if trial.run().await? {
        return Ok(trial.typed);
    }
    Err(trial.failed())
}

struct Trial<'a> {
    handle: &'a mut Handle<Client>,
    hop: &'a Hop,
    ending: &'a Ending,
    patience: &'a Patience,
    agent: Option<Agent>,
    tried: Vec<String>,
    /// Key files that would be tried, had they a passphrase.
    locked: Vec<PathBuf>,
    /// The password, where the operator typed it.
    typed: Option<SecretString>,
    /// What the server would accept next; not known before the first refusal.
    accepted: Option<MethodSet>,
    /// How many more keys may be tried.
    key_tries: usize,
}

impl Trial<'_> {
    /// Whether one is signed in at the end.
    async fn run(&mut self) -> Result<bool, HostError> {
        if self.keys().await? {
            return Ok(true);
        }
        if self.accepted.is_none() {
            // No key was there to try: ask what would be accepted.
            let result = self.handle.authenticate_none(self.hop.user.as_str()).await;
            if self.judge(result)? {
                return Ok(true);
            }
        }
        // As OpenSSH does, the questions first: a server that asks for a password and a code asks for both there.
        let mut given = false;
        if self.may_answer() && self.keyboard_interactive(&mut given).await? {
            return Ok(true);
        }
        match &self.hop.password {
            // What was wrong there is not right here.
            Some(password) if !given && self.accepts(MethodKind::Password) => {
                self.password(password).await
            }
            _ => Ok(false),
        }
    }

    /// Whether there is an answer to questions. Where the server takes a password as well and none is given, that is the
    /// thing to ask the operator for.
    fn may_answer(&self) -> bool {
        self.accepts(MethodKind::KeyboardInteractive)
            && (self.hop.password.is_some()
                || self.hop.consult.can_ask() && !self.accepts(MethodKind::Password))
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
    fn lost(&mut self) -> HostError {
        if self.accepted.is_none() {
            return HostError::Handshake {
                host: self.hop.label.clone(),
                reason: format!(
                    "while signing in as {}, {}",
                    self.hop.user,
                    self.ending.reason()
                ),
            };
        }
        self.tried.push(format!("then {}", self.ending.reason()));
        self.note_untried();
        self.failed()
    }

    fn failed(&self) -> HostError {
        let accepted = self.accepted.iter().flat_map(|methods| methods.iter());
        HostError::AuthFailed {
            host: self.hop.label.clone(),
            user: self.hop.user.clone(),
            tried: self.tried.clone(),
            accepted: accepted.map(String::from).collect(),
            locked: self.locked.clone(),
        }
    }
}
