//! Who may sign in, and with which role.

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
#[template(path = "users.html")]
struct Shown {
    frame: Frame,
    users: Vec<Listed>,
    waiting: Vec<Waiting>,
    /// Whom a link was made for, and the link; shown this once.
    link: Option<(String, String)>,
    problem: Option<String>,
}

struct Listed {
    name: String,
    role: Role,
    since: Timestamp,
    own: bool,
}

/// Somebody who was invited and has not followed the link.
struct Waiting {
    name: String,
    role: Role,
    until: Timestamp,
}

#[derive(Deserialize)]
pub(crate) struct Invited {
    name: String,
    role: Role,
}

#[derive(Deserialize)]
pub(crate) struct Chosen {
    role: Role,
}

fn list(
    panel: &Panel,
    caller: &Caller,
    link: Option<(String, String)>,
    problem: Option<String>,
) -> Response {
    let (kept, now) = (panel.accounts.kept(), Timestamp::now());
    let users = kept.users.iter().map(|(name, user)| Listed {
        name: name.clone(),
        role: user.role,
        since: user.created,
        own: *name == caller.name,
    });
    let waiting = kept.invitations.values().filter_map(|invitation| {
        Some(Waiting {
            name: invitation.name.clone()?,
            role: invitation.role,
            until: invitation.until,
        })
        .filter(|waiting| waiting.until > now)
    });
    page(&Shown {
        frame: Frame::of(caller, "users"),
        users: users.collect(),
        waiting: waiting.collect(),
        link,
        problem,
    })
}

pub(crate) async fn show(State(panel): State<Shared>, caller: Caller) -> Response {
    list(&panel, &caller, None, None)
}

pub(crate) async fn invite(
    State(panel): State<Shared>,
    caller: Caller,
    Form(invited): Form<Invited>,
) -> Response {
    let name = invited.name.trim();
    if panel.accounts.kept().users.contains_key(name) {
        let problem = format!("{name} is there already. Make a new link for them instead.");
        return list(&panel, &caller, None, Some(problem));
    }
    made(&panel, &caller, name, invited.role).await
}

/// A link for somebody who is there: they choose a new password.
pub(crate) async fn link(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    let role = panel.accounts.kept().users.get(&name).map(|user| user.role);
    match role {
        Some(role) => made(&panel, &caller, &name, role).await,
        None => Refusal::Missing(format!("user {name}")).at("/users"),
    }
}

async fn made(panel: &Panel, caller: &Caller, name: &str, role: Role) -> Response {
    match panel.invite(caller, name, role).await {
        Ok(secret) => {
            let link = format!("/welcome?link={}", secret.text());
            list(panel, caller, Some((name.to_owned(), link)), None)
        }
        Err(Refusal::Invalid(problem) | Refusal::Conflict(problem)) => {
            list(panel, caller, None, Some(problem))
        }
        Err(refusal) => refusal.at("/users"),
    }
}

pub(crate) async fn role(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    done(
        &panel,
        &caller,
        panel.set_role(&caller, &name, chosen.role).await,
    )
}

pub(crate) async fn remove(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    done(&panel, &caller, panel.remove_user(&caller, &name).await)
}

fn done(panel: &Panel, caller: &Caller, result: Result<(), Refusal>) -> Response {
    match result {
        Ok(()) => Redirect::to("/users").into_response(),
        Err(Refusal::Conflict(problem)) => list(panel, caller, None, Some(problem)),
        Err(refusal) => refusal.at("/users"),
    }
}
