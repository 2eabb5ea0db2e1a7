//! All servers at a glance.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page, shown};
use crate::{
    fleet::{Seen, Watched},
    guard::Caller,
    panel::Shared,
};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    servers: Vec<Row>,
    /// Up to which event it shows everything.
    place: String,
}

/// The row of one server alone, for open pages.
#[derive(Template)]
#[template(path = "overview_row.html")]
struct Part {
    server: Row,
}

/// One server, as the overview has it.
struct Row {
    name: String,
    address: String,
    seen: Arc<Seen>,
}

impl Row {
    fn of(server: &Watched) -> Self {
        Self {
            name: server.name().to_owned(),
            address: server.address().to_owned(),
            seen: server.seen(),
        }
    }
}

pub(crate) async fn show(State(panel): State<Shared>, caller: Caller) -> Response {
    // Before it is read: what comes in between is told twice rather than not at all.
    let place = panel.live.overview.place();
    let servers = panel.fleet.servers();
    page(&Overview {
        frame: Frame::of(&caller, "overview"),
        servers: servers.iter().map(|server| Row::of(server)).collect(),
        place,
    })
}

/// A server's row as open pages are to have it: the identifier of its element, and its text.
pub(crate) fn part(server: &Watched) -> Option<(String, String)> {
    let part = Part {
        server: Row::of(server),
    };
    Some((format!("server-{}", server.name()), part.render().ok()?))
}
