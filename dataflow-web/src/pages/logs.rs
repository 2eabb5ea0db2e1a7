//! What the containers of a server write, live.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use dataflow_core::lifecycle::LogLine;

use super::{Frame, page, shown};
use crate::{
    fleet::LogState,
    guard::Caller,
    live::{self, Topic},
    panel::Shared,
    refusal::Refusal,
};

/// How many lines a page begins with.
const FIRST: usize = 500;

#[derive(Template)]
#[template(path = "logs.html")]
struct Shown<'a> {
    frame: Frame,
    name: &'a str,
    lines: Vec<Arc<LogLine>>,
    state: LogState,
    place: String,
}

/// Some lines alone, for open pages.
#[derive(Template)]
#[template(path = "log_lines.html")]
struct LinesPart<'a> {
    lines: &'a [LogLine],
}

/// Whether they are being read, alone, for open pages.
#[derive(Template)]
#[template(path = "log_state.html")]
struct StatePart<'a> {
    state: &'a LogState,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    let Some(server) = panel.fleet.find(&name) else {
        return Refusal::Missing(format!("server {name}")).at("/");
    };
    server.logs.want();
    let (lines, state, place) = server.logs.last(FIRST);
    page(&Shown {
        frame: Frame::of(&caller, "logs"),
        name: &name,
        lines,
        state,
        place,
    })
}

/// Tells open pages of lines.
pub(crate) fn tell(topic: &Topic, lines: &[LogLine]) {
    if !lines.is_empty()
        && let Ok(html) = (LinesPart { lines }).render()
    {
        live::add(topic, "log", &html);
    }
}

/// Tells open pages whether they are being read.
pub(crate) fn tell_state(topic: &Topic, state: &LogState) {
    if let Ok(html) = (StatePart { state }).render() {
        live::part(topic, "log-state", &html);
    }
}
