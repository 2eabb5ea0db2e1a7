//! What the containers of a server write, live.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use dataflow_core::{
    lifecycle::{LogLine, LogOutput},
    spec::Release,
};
use serde::Deserialize;

use super::{
    Frame, page,
    server::{Head, find},
    shown,
    sign::Sign,
};
use crate::{
    fleet::LogState,
    guard::Caller,
    live::{self, Topic},
    panel::Shared,
};

/// How many lines a page begins with.
const FIRST: usize = 500;

#[derive(Template)]
#[template(path = "logs.html")]
struct Shown {
    frame: Frame,
    head: Head,
    lines: Vec<Arc<LogLine>>,
    state: LogState,
    place: String,
    asked: Asked,
}

impl Shown {
    /// The containers' names, for the choice between them.
    fn containers(&self) -> [&'static str; 2] {
        let names = Release::portsip();
        [names.service_name, names.clickhouse_name]
    }
}

/// What is looked for; with script, the page does that by itself.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Text.
    q: String,
    /// A container.
    of: String,
}

impl Asked {
    fn wants(&self, line: &LogLine) -> bool {
        let of = self.of.is_empty() || self.of == line.container;
        of && line.text.to_lowercase().contains(&self.q.to_lowercase())
    }
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
    Query(asked): Query<Asked>,
) -> Response {
    let server = match find(&panel, &name) {
        Ok(server) => server,
        Err(missing) => return missing,
    };
    server.logs.want();
    let (mut lines, state, place) = server.logs.last(FIRST);
    lines.retain(|line| asked.wants(line));
    page(&Shown {
        frame: Frame::of(&caller, "server"),
        head: Head::of(&panel, &server, "logs"),
        lines,
        asked,
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
