//! One's own password, and what the settings file says of each server.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Frame, page, sign::Sign, sign_in, welcome};
use crate::{
    fleet::{Trouble, Watched},
    guard::Caller,
    panel::{Panel, Shared},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "settings.html")]
struct Shown {
    frame: Frame,
    servers: Vec<Told>,
    problem: Option<String>,
    done: bool,
}

/// What is told of one server's settings.
struct Told {
    name: String,
    settings: Result<Vec<(&'static str, String)>, Trouble>,
}

#[derive(Deserialize)]
pub(crate) struct Change {
    password: SecretString,
    new: SecretString,
    again: SecretString,
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    /// That the password was changed.
    changed: Option<String>,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    axum::extract::Query(asked): axum::extract::Query<Asked>,
) -> Response {
    shown(&panel, &caller, None, asked.changed.is_some()).await
}

async fn shown(panel: &Panel, caller: &Caller, problem: Option<String>, done: bool) -> Response {
    let mut servers = Vec::new();
    for server in panel.fleet.servers().iter() {
        servers.push(Told {
            name: server.name().to_owned(),
            settings: told(server).await,
        });
    }
    page(&Shown {
        frame: Frame::of(caller, "settings"),
        servers,
        problem,
        done,
    })
}

/// What the file says now, but for secrets: of these, only that there is one.
async fn told(server: &Watched) -> Result<Vec<(&'static str, String)>, Trouble> {
    let said = server
        .settings()
        .await
        .map_err(|error| Trouble::of(&error))?;
    let set = |value: bool| value.then(|| "set, and not shown".to_owned());
    let list = |list: Vec<String>| (!list.is_empty()).then(|| list.join(", "));
    let ignored = said
        .preflight
        .ignore
        .iter()
        .map(ToString::to_string)
        .collect();
    let known_hosts = said.ssh.known_hosts.iter().flatten();
    let all = [
        ("host", said.host.as_ref().map(ToString::to_string)),
        ("private-ip", said.private_ip.map(|ip| ip.to_string())),
        ("public-ip", said.public_ip.map(|ip| ip.to_string())),
        ("pbx", said.pbx.map(|ip| ip.to_string())),
        (
            "data-path",
            said.data_path.as_ref().map(ToString::to_string),
        ),
        ("image", said.image.as_ref().map(ToString::to_string)),
        (
            "clickhouse-image",
            said.clickhouse_image.as_ref().map(ToString::to_string),
        ),
        (
            "start-grace",
            said.start_grace.map(|seconds| format!("{seconds} s")),
        ),
        ("nofile", said.nofile.map(|number| number.to_string())),
        ("preflight.ignore", list(ignored)),
        (
            "ssh.known-hosts",
            list(known_hosts.map(|path| path.display().to_string()).collect()),
        ),
        ("ssh.password", set(said.ssh.password.is_some())),
        (
            "registry.server",
            said.registry.server.as_ref().map(ToString::to_string),
        ),
        ("registry.user", said.registry.user.clone()),
        ("registry.token", set(said.registry.token.is_some())),
        ("api.user", said.api.user.clone()),
        ("api.password", set(said.api.password.is_some())),
        ("token", set(said.token.token.is_some())),
    ];
    let said = all
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    Ok(said.collect())
}

pub(crate) async fn password(
    State(panel): State<Shared>,
    caller: Caller,
    Form(change): Form<Change>,
) -> Response {
    match set(&panel, &caller, change).await {
        Ok(()) => Redirect::to("/settings?changed=1").into_response(),
        Err(Refusal::Invalid(problem)) => {
            let again = shown(&panel, &caller, Some(problem), false).await;
            sign_in::with_status(again, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(refusal) => refusal.at("/settings"),
    }
}

/// Changes the password of who asks; their other sessions end.
async fn set(panel: &Panel, caller: &Caller, change: Change) -> Result<(), Refusal> {
    let Some(session) = &caller.session else {
        return Err(Refusal::Wrong("A token has no password.".to_owned()));
    };
    // A session that somebody else got hold of must not be a way to try passwords.
    if let Err(refused) = panel.throttle.admit(&caller.name, caller.address) {
        return Err(Refusal::TooOften(refused.0.as_secs() + 1));
    }
    let busy = |busy: crate::account::Busy| Refusal::Busy(busy.to_string());
    let kept = panel.accounts.kept();
    let known = kept
        .users
        .get(&caller.name)
        .map(|user| user.password.as_str());
    if !panel
        .hasher
        .verify(crate::account::Whose::Known, change.password, known)
        .await
        .map_err(busy)?
    {
        return Err(Refusal::Invalid(
            "The present password is another.".to_owned(),
        ));
    }
    panel.throttle.forgive(&caller.name, caller.address);
    welcome::fit(&change.new, &change.again).map_err(Refusal::Invalid)?;
    let hash = panel.hasher.hash(change.new).await.map_err(busy)?;
    panel
        .record(caller, "changed the password of", &caller.name)
        .await?;
    panel.accounts.set_password(&caller.name, hash).await?;
    panel.sessions.end_of(&caller.name, Some(&session.id));
    Ok(())
}
