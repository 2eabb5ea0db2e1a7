//! What `run` would do to a server, as the last look found it; from here it is started.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    Frame, page,
    server::{Head, find},
    shown,
    sign::Sign,
};
use crate::{guard::Caller, panel::Shared};

#[derive(Template)]
#[template(path = "server_plan.html")]
struct Shown {
    frame: Frame,
    head: Head,
    /// What the plan goes by, where there is one with steps.
    digest: Option<String>,
    /// Whether something is at work on the server.
    busy: bool,
    /// Whether the server has no Docker, as far as is known.
    lacks_docker: bool,
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    let server = match find(&panel, &name) {
        Ok(server) => server,
        Err(missing) => return missing,
    };
    let head = Head::of(&panel, &server, "plan");
    let seen = &head.seen;
    let plan = seen.plan.value().filter(|plan| !plan.steps.is_empty());
    let lacks_docker = seen.status.is_none()
        && seen.trouble.as_ref().is_some_and(|trouble| {
            trouble.kind == "precondition"
                && trouble
                    .messages
                    .iter()
                    .any(|message| message.contains("Docker"))
        });
    page(&Shown {
        frame: Frame::of(&caller, "server"),
        digest: plan.map(crate::runs::digest),
        busy: panel.runs.at_work_on(&name).is_some(),
        lacks_docker,
        head,
    })
}
