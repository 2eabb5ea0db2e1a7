//! The operator, as far as signing in needs one: told what is worth knowing, asked what only they can say.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::SecretString;

/// What a server asks while signing in (keyboard-interactive), such as a one-time code. The text is the server's, escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions {
    /// The server, as `user@host`.
    pub host: String,
    /// What it says first; may be empty.
    pub instructions: String,
    /// Each question, and whether the answer may be seen while it is typed.
    pub questions: Vec<(String, bool)>,
}

/// An answer to each question; `None`: there is nobody to answer.
type Answers = Pin<Box<dyn Future<Output = Option<Vec<SecretString>>> + Send>>;

type Ask = dyn Fn(Questions) -> Answers + Send + Sync;
type Tell = dyn Fn(&str) + Send + Sync;

/// Who is told and asked. Cheap to clone; by itself nobody is.
#[derive(Clone, Default)]
pub struct Consult {
    ask: Option<Arc<Ask>>,
    tell: Option<Arc<Tell>>,
}

impl Consult {
    /// Has this function answer questions. It must not block: a question at a terminal is to wait on a thread of its own.
    #[must_use]
    pub fn asking<F>(self, ask: impl Fn(Questions) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<Vec<SecretString>>> + Send + 'static,
    {
        Self {
            ask: Some(Arc::new(move |questions| Box::pin(ask(questions)))),
            ..self
        }
    }

    /// Tells this function what is worth knowing, such as a setting of ssh_config that was passed over.
    #[must_use]
    pub fn telling(self, tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self {
            tell: Some(Arc::new(tell)),
            ..self
        }
    }

    #[cfg(feature = "ssh")]
    pub(super) async fn ask(&self, questions: Questions) -> Option<Vec<SecretString>> {
        match &self.ask {
            Some(ask) => ask(questions).await,
            None => None,
        }
    }

    #[cfg(feature = "ssh")]
    pub(super) fn can_ask(&self) -> bool {
        self.ask.is_some()
    }

    #[cfg(feature = "ssh")]
    pub(super) fn tell(&self, note: &str) {
        if let Some(tell) = &self.tell {
            tell(note);
        }
    }
}

impl fmt::Debug for Consult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consult")
            .field("asks", &self.ask.is_some())
            .field("tells", &self.tell.is_some())
            .finish()
    }
}
