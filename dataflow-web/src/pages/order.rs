//! Starting an operation from a form.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{confirm, sign_in};
use crate::{
    guard::Caller,
    panel::Shared,
    refusal::Refusal,
    runs::{InstallDocker, Order, Verb},
};

/// What the form says. A box that is not ticked says nothing, a field that is left empty says nothing of its own.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    verb: Option<Verb>,
    plan: String,
    image: String,
    clickhouse_image: String,
    allow_downgrade: Option<String>,
    allow_jump: Option<String>,
    adopt: Option<String>,
    allow_mismatch: Option<String>,
    by_hand: Option<String>,
    install_docker: Option<InstallDocker>,
    /// The server's name, as it was typed.
    confirm: String,
}

pub(crate) async fn start(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    Form(asked): Form<Asked>,
) -> Response {
    let Some(verb) = asked.verb else {
        return Refusal::Wrong("It is not said what is to be done.".to_owned()).at("/");
    };
    if verb.is_dangerous() && asked.confirm.trim() != name {
        let problem = format!("This is not the name: {name}. Nothing was done.");
        let again = confirm::ask(&panel, &caller, &name, verb, Some(problem));
        return sign_in::with_status(again, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let order = Order {
        verb,
        plan: given(asked.plan),
        image: given(asked.image),
        clickhouse_image: given(asked.clickhouse_image),
        allow_downgrade: asked.allow_downgrade.is_some(),
        allow_jump: asked.allow_jump.is_some(),
        adopt: asked.adopt.is_some(),
        allow_mismatch: asked.allow_mismatch.is_some(),
        by_hand: asked.by_hand.is_some(),
        install_docker: asked.install_docker,
    };
    match panel.runs.start(&panel, &caller, &name, order).await {
        Ok(run) => Redirect::to(&format!("/runs/{}", run.id())).into_response(),
        Err(refusal @ (Refusal::Invalid(_) | Refusal::Conflict(_))) => {
            let again = confirm::ask(&panel, &caller, &name, verb, Some(refusal.detail()));
            sign_in::with_status(again, refusal.status())
        }
        Err(refusal) => refusal.at("/"),
    }
}
