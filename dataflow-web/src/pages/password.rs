//! Choosing another password, with the one there is.

use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Frame, page, sign_in, welcome};
use crate::{
    account::{Refused, SHORTEST, Session, Whose},
    guard::Caller,
    panel::{Panel, Shared},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "password.html")]
struct Shown {
    frame: Frame,
    shortest: usize,
    problem: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    current: SecretString,
    password: SecretString,
    again: SecretString,
}

pub(crate) async fn show(caller: Caller) -> Response {
    shown(&caller, None)
}

fn shown(caller: &Caller, problem: Option<String>) -> Response {
    page(&Shown {
        frame: Frame::of(caller, "password"),
        shortest: SHORTEST,
        problem,
    })
}

pub(crate) async fn change(
    State(panel): State<Shared>,
    caller: Caller,
    Form(chosen): Form<Chosen>,
) -> Response {
    let Some(session) = &caller.session else {
        let detail = "A token has no password.".to_owned();
        return Refusal::Conflict(detail).at("/password");
    };
    match set(&panel, &caller, session, chosen).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(refusal) => {
            let status = refusal.status();
            sign_in::with_status(shown(&caller, Some(refusal.detail())), status)
        }
    }
}

/// All other sessions of theirs end: somebody else may have known the old one.
async fn set(
    panel: &Panel,
    caller: &Caller,
    session: &Session,
    chosen: Chosen,
) -> Result<(), Refusal> {
    welcome::fit(&chosen.password, &chosen.again).map_err(Refusal::Invalid)?;
    let name = &session.user;
    // Whoever sits at an open browser guesses no better than one at the door.
    let admitted = panel.throttle.admit(name, caller.address);
    admitted.map_err(|Refused(wait)| Refusal::TooOften(wait.as_secs() + 1))?;
    let kept = panel.accounts.kept();
    let known = kept.users.get(name).map(|user| user.password.as_str());
    let fits = panel
        .hasher
        .verify(Whose::Known, chosen.current, known)
        .await;
    if !fits.map_err(|busy| Refusal::Busy(busy.to_string()))? {
        return Err(Refusal::Invalid(
            "The password that you have now is another one.".to_owned(),
        ));
    }
    panel.throttle.forgive(name, caller.address);
    let hash = panel.hasher.hash(chosen.password).await;
    let hash = hash.map_err(|busy| Refusal::Busy(busy.to_string()))?;
    panel.record(caller, "chose another password", name).await?;
    panel.accounts.set_password(name, hash).await?;
    panel.sessions.end_of(name, Some(&session.id));
    Ok(())
}
