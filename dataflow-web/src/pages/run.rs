//! One operation as it goes on: its steps, what is waited for, the plan it asks about, and how it ended.

use std::time::Duration;

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use dataflow_core::lifecycle::Event;
use serde::Deserialize;

use super::{
    Frame, page,
    run_entry::{Entry, What, entries, waited_for},
    shown,
    sign::Sign,
};
use crate::{
    guard::Caller,
    live::{self, Topic},
    panel::Shared,
    refusal::Refusal,
    runs::{Heard, Run, State as RunState},
};

#[derive(Template)]
#[template(path = "run.html")]
struct Shown<'a> {
    frame: Frame,
    run: &'a Run,
    state: RunState,
    entries: Vec<Entry>,
    /// What is being waited for.
    waiting: String,
    journal: Option<String>,
    took: Duration,
    place: String,
    csrf: String,
}

/// How it stands, alone, for open pages.
#[derive(Template)]
#[template(path = "run_state.html")]
struct StatePart<'a> {
    run: &'a Run,
    state: &'a RunState,
    journal: Option<&'a str>,
    /// How long it took, once it is over.
    took: Duration,
    csrf: &'static str,
}

/// One line of what it has done, alone, for open pages.
#[derive(Template)]
#[template(path = "run_entry.html")]
struct EntryPart<'a> {
    entry: &'a Entry,
}

/// What is being waited for, alone, for open pages.
#[derive(Template)]
#[template(path = "run_waiting.html")]
struct WaitingPart<'a> {
    waiting: &'a str,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Response {
    let Some(run) = panel.runs.find(&id) else {
        return missing();
    };
    let now = run.snapshot();
    let frame = Frame::of(&caller, "run");
    let is_over = now.state.is_over();
    page(&Shown {
        csrf: frame.csrf().to_owned(),
        frame,
        run: &run,
        state: now.state,
        entries: entries(&now.events),
        waiting: if is_over {
            String::new()
        } else {
            now.events.last().and_then(waited_for).unwrap_or_default()
        },
        journal: now.journal,
        took: now.took,
        place: now.place,
    })
}

/// What a form about a run says.
#[derive(Deserialize)]
pub(crate) struct Answer {
    /// The plan it is about.
    #[serde(default)]
    plan: String,
}

pub(crate) async fn approve(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    Form(answer): Form<Answer>,
) -> Response {
    act(&panel, &caller, &id, "approved the plan of", |run| {
        run.approve(&answer.plan)
    })
    .await
}

pub(crate) async fn decline(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Response {
    act(&panel, &caller, &id, "declined the plan of", Run::decline).await
}

pub(crate) async fn interrupt(
    State(panel): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Response {
    act(&panel, &caller, &id, "interrupted", |run| {
        run.interrupt();
        true
    })
    .await
}

/// Does something to a run, on record.
async fn act(
    panel: &Shared,
    caller: &Caller,
    id: &str,
    what: &str,
    act: impl FnOnce(&Run) -> bool,
) -> Response {
    let Some(run) = panel.runs.find(id) else {
        return missing();
    };
    let what = format!("{what} {} {id}", run.order().verb.name());
    let recorded = panel
        .audit
        .record(&caller.name, caller.address, &what, Some(run.server()));
    if let Err(error) = recorded.await {
        return Refusal::not_recorded(&error).at("/");
    }
    if act(&run) {
        Redirect::to(&format!("/runs/{id}")).into_response()
    } else {
        Refusal::Conflict("It does not ask about that plan any more. Look at it again.".to_owned())
            .at("/")
    }
}

fn missing() -> Response {
    Refusal::Missing(
        "such run any more: the panel keeps the last ones. The server's history has all".to_owned(),
    )
    .at("/")
}

/// Tells open pages of an event; `before`: those that came before it.
pub(crate) fn tell(topic: &Topic, heard: &Heard, before: &[Heard]) {
    let waiting = waited_for(heard).unwrap_or_default();
    let part = WaitingPart { waiting: &waiting };
    if let Ok(html) = part.render() {
        live::part(topic, "waiting", &html);
    }
    let Some(entry) = Entry::of(heard, before) else {
        return;
    };
    let Ok(html) = (EntryPart { entry: &entry }).render() else {
        return;
    };
    match heard.event {
        // In the place of the line that said it begins.
        Event::StepDone { .. } | Event::StepFailed { .. } => live::part(topic, &entry.id, &html),
        _ => live::add(topic, "events", &html),
    }
}

/// Tells open pages how it stands. A form in it has no session's secret: the script puts that in.
pub(crate) fn tell_state(
    topic: &Topic,
    run: &Run,
    state: &RunState,
    journal: Option<&str>,
    took: Duration,
) {
    let part = StatePart {
        run,
        state,
        journal,
        took,
        csrf: "",
    };
    if let Ok(html) = part.render() {
        live::part(topic, "run-state", &html);
    }
}
