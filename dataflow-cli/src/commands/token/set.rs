//! `dataflow token set`: delivers a token, and makes the service anew with it.

use dataflow_core::{
    lifecycle::{Report, Server},
    spec::{Secret, Token},
};
use secrecy::SecretString;

use crate::{
    commands::Session,
    error::{CliError, Failure},
    exit::ExitStatus,
};

pub(super) async fn set(mut session: Session) -> Result<ExitStatus, Failure> {
    see_place(&session)?;
    let token = match session.settings.token.token.take() {
        Some(Secret::Value(token)) => Token::new(token)?.secret().clone(),
        _ => ask(&session, "Token of the Data Flow server: ").await?,
    };
    session.settings.token.token = Some(Secret::Value(token));
    deliver(session).await
}

/// The vendor documents no place where the service looks for its token, so that it has to be set.
pub(super) fn see_place(session: &Session) -> Result<(), CliError> {
    match session.settings.token.deliver_as {
        Some(_) => Ok(()),
        None => Err(CliError::NoPlaceForToken),
    }
}

/// Delivers the token of the session's settings.
pub(super) async fn deliver(session: Session) -> Result<ExitStatus, Failure> {
    let changes = session.settings.clone();
    session
        .change(
            async |server: &Server| server.set_token(&changes).await,
            outcome,
        )
        .await
}

/// The token as somebody types it at the terminal.
pub(super) async fn ask(session: &Session, question: &str) -> Result<SecretString, Failure> {
    let terminal = session.terminal.ok_or(CliError::NoToken)?;
    let question = question.to_owned();
    let asking = tokio::task::spawn_blocking(move || terminal.hidden(&question));
    let given = asking.await.ok().flatten().ok_or(CliError::NoToken)?;
    // What was typed is judged before anything is tried with it.
    Ok(Token::new(given)?.secret().clone())
}

fn outcome(report: &Report) -> String {
    let server = &report.server;
    match report.changed {
        true => format!("the service on {server} has the token"),
        false => format!("the service on {server} has that token already; nothing was changed"),
    }
}
