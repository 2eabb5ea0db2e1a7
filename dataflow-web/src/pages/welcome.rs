//! Following a one-time link: a new user chooses a password, and a name where the link is for nobody in particular.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Frame, page, sign_in};
use crate::{
    account::{AccountError, Invitation, LONGEST, SHORTEST},
    guard,
    panel::Shared,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    frame: Frame,
    link: String,
    invitation: Invitation,
    name: String,
    problem: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Followed {
    #[serde(default)]
    link: String,
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    link: String,
    #[serde(default)]
    name: String,
    password: SecretString,
    again: SecretString,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    Query(followed): Query<Followed>,
) -> Response {
    let kept = panel.accounts.kept();
    match kept.invitation(&followed.link) {
        Some(invitation) => page(&Welcome {
            frame: Frame::bare(),
            link: followed.link.clone(),
            name: invitation.name.clone().unwrap_or_default(),
            invitation: invitation.clone(),
            problem: None,
        }),
        None => gone(),
    }
}

pub(crate) async fn accept(
    State(panel): State<Shared>,
    extensions: axum::http::Extensions,
    Form(chosen): Form<Chosen>,
) -> Response {
    let kept = panel.accounts.kept();
    // Before a password is hashed: that is work, and for followers of a link only.
    let Some(invitation) = kept.invitation(&chosen.link) else {
        return gone();
    };
    let again = |problem: String| {
        let shown = page(&Welcome {
            frame: Frame::bare(),
            link: chosen.link.clone(),
            name: chosen.name.clone(),
            invitation: invitation.clone(),
            problem: Some(problem),
        });
        sign_in::with_status(shown, StatusCode::UNPROCESSABLE_ENTITY)
    };
    if let Err(problem) = fit(&chosen.password, &chosen.again) {
        return again(problem);
    }
    let hash = match panel.hasher.hash(chosen.password.clone()).await {
        Ok(hash) => hash,
        Err(busy) => return Refusal::Busy(busy.to_string()).at("/welcome"),
    };
    let accepted = panel.accounts.accept(&chosen.link, &chosen.name, hash);
    match accepted.await {
        Ok(name) => {
            // A forgotten password is set anew in this way: nobody who knew the old one stays in.
            panel.sessions.end_of(&name, None);
            let address = guard::address(&extensions);
            sign_in::begin(&panel, &name, address, None, "/").await
        }
        Err(AccountError::Invitation) => gone(),
        Err(error) => again(format!("{error}.")),
    }
}

/// Whether a new password may be one.
pub(super) fn fit(password: &SecretString, again: &SecretString) -> Result<(), String> {
    let password = password.expose_secret();
    if password != again.expose_secret() {
        return Err("The two passwords differ.".to_owned());
    }
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(format!("A password has {SHORTEST} characters or more."));
    }
    Ok(())
}

fn gone() -> Response {
    Refusal::Conflict("This link was used already, or is too old. An administrator makes a new one; where there is none yet, a restart of the panel does.".to_owned())
        .at("/welcome")
}
