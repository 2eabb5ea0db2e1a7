//! Signing in by password.

use russh::MethodKind;
use russh::client::KeyboardInteractiveAuthResponse as Reply;
use secrecy::{ExposeSecret as _, SecretString};

use super::Trial;
use crate::host::HostError;
use crate::host::output::escape;

/// How often a program may ask back by keyboard-interactive before it is given up on.
const MAX_QUESTIONS: usize = 8;

impl Trial<'_> {
    pub(super) async fn password(&mut self, password: &SecretString) -> Result<bool, HostError> {
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

    pub(super) async fn keyboard_interactive(
        &mut self,
        password: &SecretString,
    ) -> Result<bool, HostError> {
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
