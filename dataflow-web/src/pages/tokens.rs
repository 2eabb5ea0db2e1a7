//! Tokens with which programs use the API.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Frame, page, shown};
use crate::{
    account::Role,
    guard::Caller,
    panel::{Panel, Shared},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "tokens.html")]
struct Shown {
    frame: Frame,
    tokens: Vec<Listed>,
    /// What the new one is for, and the token; shown this once.
    made: Option<(String, String)>,
    problem: Option<String>,
}

struct Listed {
    name: String,
    role: Role,
    made_by: String,
    created: Timestamp,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    name: String,
    role: Role,
}

fn list(
    panel: &Panel,
    caller: &Caller,
    made: Option<(String, String)>,
    problem: Option<String>,
) -> Response {
    let kept = panel.accounts.kept();
    let mut tokens: Vec<Listed> = kept
        .tokens
        .values()
        .map(|token| Listed {
            name: token.name.clone(),
            role: token.role,
            made_by: token.made_by.clone(),
            created: token.created,
        })
        .collect();
    tokens.sort_by(|one, other| one.name.cmp(&other.name));
    page(&Shown {
        frame: Frame::of(caller, "users"),
        tokens,
        made,
        problem,
    })
}

pub(crate) async fn show(State(panel): State<Shared>, caller: Caller) -> Response {
    list(&panel, &caller, None, None)
}

pub(crate) async fn make(
    State(panel): State<Shared>,
    caller: Caller,
    Form(asked): Form<Asked>,
) -> Response {
    let name = asked.name.trim();
    match panel.make_token(&caller, name, asked.role).await {
        Ok(secret) => {
            let made = (name.to_owned(), secret.text().to_owned());
            list(&panel, &caller, Some(made), None)
        }
        Err(Refusal::Invalid(problem) | Refusal::Conflict(problem)) => {
            list(&panel, &caller, None, Some(problem))
        }
        Err(refusal) => refusal.at("/tokens"),
    }
}

pub(crate) async fn remove(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    match panel.remove_token(&caller, &name).await {
        Ok(()) => Redirect::to("/tokens").into_response(),
        Err(refusal) => refusal.at("/tokens"),
    }
}
