//! What the settings file says of each server.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page};
use crate::{
    fleet::{Trouble, Watched},
    guard::Caller,
    panel::Shared,
};

#[derive(Template)]
#[template(path = "settings.html")]
struct Shown {
    frame: Frame,
    /// The settings file.
    config: String,
    servers: Vec<Told>,
}

/// What is told of one server's settings.
struct Told {
    name: String,
    settings: Result<Vec<(&'static str, String)>, Trouble>,
}

pub(crate) async fn show(State(panel): State<Shared>, caller: Caller) -> Response {
    let mut servers = Vec::new();
    for server in panel.fleet.servers().iter() {
        servers.push(Told {
            name: server.name().to_owned(),
            settings: told(server).await,
        });
    }
    page(&Shown {
        frame: Frame::of(&caller, "settings"),
        config: panel.fleet.config().display().to_string(),
        servers,
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
