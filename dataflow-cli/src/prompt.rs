//! Questions to the operator: on a terminal only, never guessed otherwise.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::Path,
};

use secrecy::SecretString;

use dataflow_core::host::{Fingerprint, Questions};

/// What an operator can be asked.
pub(crate) trait Operator {
    /// Whether this is the right host key; only the word `yes` is a yes.
    fn accepts_host_key(&self, host: &str, algorithm: &str, fingerprint: &Fingerprint) -> bool;

    /// The login password, not shown while it is typed; `None` when nothing was typed.
    fn password(&self, user: &str, host: &str) -> Option<SecretString>;

    /// The passphrase of a private key file, not shown while it is typed; `None` when nothing was typed.
    fn passphrase(&self, file: &Path) -> Option<SecretString>;

    /// The password for sudo, not shown while it is typed; `None` when nothing was typed.
    fn sudo_password(&self, host: &str) -> Option<SecretString>;
}

/// A terminal with somebody in front of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal(());

impl Terminal {
    /// The terminal, if there is one to read from and to write to.
    pub(crate) fn find() -> Option<Self> {
        (std::io::stdin().is_terminal() && std::io::stderr().is_terminal()).then_some(Self(()))
    }

    /// The answer to a question, without spaces around it; `None` at the end of the input.
    #[allow(clippy::unused_self, reason = "only where there is a terminal")]
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        let mut stderr = anstream::stderr();
        let _ = write!(stderr, "{question}");
        let _ = stderr.flush();
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if !matches!(read, Ok(read) if read > 0) {
            let _ = writeln!(stderr);
            return None;
        }
        Some(answer.trim().to_owned())
    }

    /// The answer to a question, not shown while it is typed; `None` when nothing was typed. Blocks.
    #[allow(clippy::unused_self, reason = "only where there is a terminal")]
    pub(crate) fn hidden(&self, question: &str) -> Option<SecretString> {
        hidden(question)
    }

    /// Says something about the last answer.
    #[allow(clippy::unused_self, reason = "only where there is a terminal")]
    pub(crate) fn say(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// Whether the operator says yes. Blocks until there is an answer; the end of the input is a no.
    pub(crate) fn agrees(&self, question: &str) -> bool {
        loop {
            let answer = self.ask(&format!("{question} (yes/no) "));
            match answer.as_deref().map(str::to_ascii_lowercase).as_deref() {
                Some("yes" | "y") => return true,
                Some("no" | "n") | None => return false,
                Some(_) => {}
            }
        }
    }
}

impl Operator for Terminal {
    fn accepts_host_key(&self, host: &str, algorithm: &str, fingerprint: &Fingerprint) -> bool {
        let question = format!(
            "The host key of {host} is not known: {algorithm} {fingerprint}\n\
             Compare it with the server's own, shown there by: for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $k; done\n\
             Is it among them? (yes/no) "
        );
        self.ask(&question).is_some_and(|answer| is_yes(&answer))
    }

    fn password(&self, user: &str, host: &str) -> Option<SecretString> {
        hidden(&format!("Password of {user} on {host}: "))
    }

    fn passphrase(&self, file: &Path) -> Option<SecretString> {
        hidden(&format!("Passphrase of {}: ", file.display()))
    }

    fn sudo_password(&self, host: &str) -> Option<SecretString> {
        hidden(&format!("Password for sudo on {host}: "))
    }
}

/// Asks what a server asks. It blocks; the texts are escaped already.
pub(crate) fn answers(asked: &Questions) -> Option<Vec<SecretString>> {
    let mut stderr = anstream::stderr();
    let _ = writeln!(stderr, "{} asks:", asked.host);
    if !asked.instructions.is_empty() {
        let _ = writeln!(stderr, "{}", asked.instructions);
    }
    let answers = asked.questions.iter().map(|(question, shown)| {
        if !shown {
            return rpassword::prompt_password(question).ok().map(Into::into);
        }
        let mut stderr = anstream::stderr();
        let _ = write!(stderr, "{question}");
        let _ = stderr.flush();
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).ok()?;
        Some(answer.trim_end_matches(['\r', '\n']).into())
    });
    answers.collect()
}

fn is_yes(answer: &str) -> bool {
    answer.trim() == "yes"
}

fn hidden(question: &str) -> Option<SecretString> {
    rpassword::prompt_password(question)
        .ok()
        .filter(|text| !text.is_empty())
        .map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_yes_is_a_yes() {
        assert!(is_yes("yes\n"));
        for answer in ["", "\n", "y", "Yes", "no", "yes please"] {
            assert!(!is_yes(answer), "{answer:?}");
        }
    }
}
