//! Signing in to the PBX, with the operator's answers where the settings do not say enough.

use std::cell::RefCell;

use dataflow_core::{
    pbx::{Pbx, PbxError, PbxLink},
    spec::ApiAccess,
};
use secrecy::SecretString;
use tokio::task::JoinHandle;

use crate::prompt::Terminal;

/// A sign-in that is at work while the server is reached. Questions wait until that is done: two at once are one too many.
pub(crate) struct SigningIn {
    access: Option<ApiAccess>,
    terminal: Option<Terminal>,
    tried: RefCell<Option<JoinHandle<Result<Pbx, PbxError>>>>,
    link: RefCell<PbxLink>,
}

impl SigningIn {
    /// Begins, where there is anybody to sign in.
    pub(crate) fn begin(access: Option<ApiAccess>, terminal: Option<Terminal>) -> Self {
        let tried = access
            .clone()
            .map(|access| tokio::spawn(async move { Pbx::sign_in(&access).await }));
        Self {
            access,
            terminal,
            tried: RefCell::new(tried),
            link: RefCell::default(),
        }
    }

    /// What came of it.
    pub(crate) async fn link(&self) -> PbxLink {
        let tried = self.tried.take();
        if let (Some(access), Some(tried)) = (&self.access, tried) {
            // It neither panics nor is it ended early.
            if let Ok(tried) = tried.await {
                let link = match with_answers(tried, access.clone(), self.terminal).await {
                    Ok(pbx) => PbxLink::Ready(pbx),
                    Err(error) => PbxLink::Failed(error),
                };
                self.link.replace(link);
            }
        }
        self.link.borrow().clone()
    }

    /// Signs out again.
    pub(crate) async fn end(&self) {
        if let PbxLink::Ready(pbx) = self.link.take() {
            pbx.sign_out().await;
        }
    }
}

/// Signs in, does something, and signs out.
pub(crate) async fn at_pbx<T, E: From<PbxError>>(
    access: ApiAccess,
    terminal: Option<Terminal>,
    work: impl AsyncFnOnce(&Pbx) -> Result<T, E>,
) -> Result<T, E> {
    let tried = Pbx::sign_in(&access).await;
    let pbx = with_answers(tried, access, terminal).await?;
    let result = work(&pbx).await;
    pbx.sign_out().await;
    result
}

/// Goes on from a sign-in that was tried without questions. What is missing is asked for once, so a wrong answer ends in the
/// error that says so.
async fn with_answers(
    mut tried: Result<Pbx, PbxError>,
    mut access: ApiAccess,
    terminal: Option<Terminal>,
) -> Result<Pbx, PbxError> {
    let Some(terminal) = terminal else {
        return tried;
    };
    if let Err(PbxError::PasswordNeeded { pbx, user }) = &tried {
        let question = format!("Password of {user} at {pbx}: ");
        let Some(password) = ask(terminal, question).await else {
            return tried;
        };
        access.password = Some(password);
        tried = Pbx::sign_in(&access).await;
    }
    if let Err(PbxError::CodeNeeded(challenge)) = &tried {
        let question = format!(
            "One-time code of {} at {}: ",
            challenge.user(),
            challenge.pbx()
        );
        if let Some(code) = ask(terminal, question).await {
            tried = Pbx::verify(&access, challenge.clone(), &code).await;
        }
    }
    tried
}

/// Reading the answer blocks, and connections are to be kept alive meanwhile.
async fn ask(terminal: Terminal, question: String) -> Option<SecretString> {
    let asking = tokio::task::spawn_blocking(move || terminal.hidden(&question));
    asking.await.ok().flatten()
}
