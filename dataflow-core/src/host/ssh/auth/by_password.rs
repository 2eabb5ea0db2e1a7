//! Signing in by password, and by answering what the server asks.

use russh::client::{KeyboardInteractiveAuthResponse as Reply, Prompt};
use secrecy::{ExposeSecret as _, SecretString};

use super::Trial;
use crate::host::output::escape;
use crate::host::{HostError, Questions};

/// How often a server may ask before it is given up on.
const MAX_ROUNDS: usize = 16;

/// How many questions one round may have.
const MAX_QUESTIONS: usize = 16;

/// Words in a question that is about something other than the password.
const CODES: [&str; 7] = [
    "code",
    "token",
    "otp",
    "pin",
    "factor",
    "one-time",
    "challenge",
];

impl Trial<'_> {
    pub(super) async fn password(&mut self, password: &SecretString) -> Result<bool, HostError> {
        self.tried.push("password".into());
        let result = self
            .handle
            .authenticate_password(self.hop.user.as_str(), password.expose_secret())
            .await;
        self.judge(result)
    }

    /// Answers what the server asks: the password where it asks for that, and the operator for all else. `given`: whether it
    /// was given the password.
    pub(super) async fn keyboard_interactive(
        &mut self,
        given: &mut bool,
    ) -> Result<bool, HostError> {
        let mut reply = self
            .handle
            .authenticate_keyboard_interactive_start(self.hop.user.as_str(), None)
            .await;
        self.tried.push("keyboard-interactive".into());
        for _ in 0..MAX_ROUNDS {
            let (instructions, prompts) = match reply {
                Ok(Reply::Success) => return Ok(true),
                Ok(Reply::Failure {
                    remaining_methods,
                    partial_success,
                }) => {
                    self.refused(remaining_methods, partial_success)?;
                    return Ok(false);
                }
                Ok(Reply::InfoRequest {
                    instructions,
                    prompts,
                    ..
                }) => (instructions, prompts),
                Err(_) => return Err(self.lost()),
            };
            let Some(answers) = self.answers(&instructions, &prompts, given).await else {
                self.give_up(&prompts);
                return Ok(false);
            };
            reply = self
                .handle
                .authenticate_keyboard_interactive_respond(answers)
                .await;
        }
        Ok(false)
    }

    /// An answer to each question; `None` where nobody has one.
    async fn answers(
        &mut self,
        instructions: &str,
        prompts: &[Prompt],
        given: &mut bool,
    ) -> Option<Vec<String>> {
        if prompts.len() > MAX_QUESTIONS {
            return None;
        }
        let mut answers: Vec<Option<String>> = Vec::new();
        for prompt in prompts {
            let password = self.hop.password.as_ref();
            let password = password.filter(|_| !*given && asks_for_password(prompt));
            *given |= password.is_some();
            answers.push(password.map(|password| password.expose_secret().to_owned()));
        }
        let open = prompts.iter().zip(&answers).filter(|(_, a)| a.is_none());
        let questions: Vec<(String, bool)> = open
            .map(|(prompt, _)| (escape(&prompt.prompt), prompt.echo))
            .collect();
        if !questions.is_empty() {
            let count = questions.len();
            let asking = self.hop.consult.ask(Questions {
                host: self.hop.label.clone(),
                instructions: escape(instructions.trim()),
                questions,
            });
            let said = self.patience.asking(asking).await?;
            if said.len() != count {
                return None;
            }
            let open = prompts.iter().zip(&answers).filter(|(_, a)| a.is_none());
            for ((prompt, _), said) in open.zip(&said) {
                if asks_for_password(prompt) {
                    self.typed.get_or_insert_with(|| said.clone());
                }
            }
            let mut said = said.into_iter();
            for answer in answers.iter_mut().filter(|answer| answer.is_none()) {
                *answer = said.next().map(|said| said.expose_secret().to_owned());
            }
        }
        answers.into_iter().collect()
    }

    /// Notes what nobody could answer.
    fn give_up(&mut self, prompts: &[Prompt]) {
        let asked: Vec<String> = prompts
            .iter()
            .take(MAX_QUESTIONS)
            .map(|prompt| escape(prompt.prompt.trim()))
            .collect();
        if let Some(last) = self.tried.last_mut() {
            last.push_str(&format!(
                " (the server asked, and nobody answered: {})",
                asked.join(" ")
            ));
        }
    }
}

fn asks_for_password(prompt: &Prompt) -> bool {
    let text = prompt.prompt.to_lowercase();
    !prompt.echo && !CODES.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_from_a_code() {
        for (text, echo, password) in [
            ("Password: ", false, true),
            ("(pbx@flow) Password: ", false, true),
            ("Passwort:", false, true),
            ("Verification code: ", false, false),
            ("One-time password (OATH): ", false, false),
            ("Enter OTP", false, false),
            ("Name: ", true, false),
        ] {
            let prompt = Prompt {
                prompt: text.into(),
                echo,
            };
            assert_eq!(asks_for_password(&prompt), password, "{text}");
        }
    }
}
