//! `dataflow token generate`: has the PBX generate a token, or says how that is done by hand, and goes on as `set` does.

use dataflow_core::{
    lifecycle::Control,
    prerequisites,
    spec::{ApiPath, Secret},
};
use secrecy::SecretString;

use super::set;
use crate::{
    args::Output,
    commands::Session,
    error::{CliError, Failure},
    exit::ExitStatus,
    pbx_sign_in,
};

pub(super) async fn generate(mut session: Session) -> Result<ExitStatus, Failure> {
    set::see_place(&session)?;
    let token = match session.settings.token.generate_path.clone() {
        Some(path) => at_pbx(&mut session, &path).await?,
        None => by_hand(&session).await?,
    };
    session.settings.token.token = Some(Secret::Value(token));
    set::deliver(session).await
}

/// From then on the token that the service has may be no good. So first it is seen that a new one could be delivered, and the
/// operator is asked.
async fn at_pbx(session: &mut Session, path: &ApiPath) -> Result<SecretString, Failure> {
    let access = session.settings.api()?.ok_or(CliError::NoApiUser {
        verb: "token generate",
    })?;
    let settings = session.settings.clone();
    session
        .clone()
        .on_server(Control::default(), async |server| {
            server.token_status(&settings).await
        })
        .await?;
    if let Some(terminal) = session.terminal.filter(|_| session.confirm) {
        let question = format!(
            "The PBX at {} generates a new token, the one before it is no good any more, and the service is made anew. Go ahead?",
            access.url
        );
        let asked = tokio::task::spawn_blocking(move || terminal.agrees(&question));
        if !asked.await.unwrap_or(false) {
            return Err(CliError::Declined {
                place: access.url.to_string(),
            }
            .into());
        }
        session.confirm = false;
    }
    let generated = pbx_sign_in::at_pbx(access, session.terminal, async |pbx| {
        Ok::<_, Failure>(pbx.generate_token(path).await?)
    });
    let token = generated.await?;
    let fingerprint = token.fingerprint();
    session
        .printer
        .note(&format!("the PBX generated the token {fingerprint}"));
    Ok(token.secret().clone())
}

/// The portal's steps; and on a terminal the token that somebody got there.
async fn by_hand(session: &Session) -> Result<SecretString, Failure> {
    if session.terminal.is_none() || session.printer.output() == Output::Json {
        return Err(CliError::GenerateByHand {
            steps: prerequisites::token_steps(),
        }
        .into());
    }
    let mut text =
        "No path of the PBX's API is set that generates a token (generate-path under [token]). In its web portal:"
            .to_owned();
    for step in prerequisites::token_steps() {
        text.push_str("\n  - ");
        text.push_str(&step);
    }
    session.printer.before_question(&text);
    set::ask(session, "The token that it shows: ").await
}
