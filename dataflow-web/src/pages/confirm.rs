//! Asks once more before something is started, and for the server's name where it is dangerous.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    Frame, page,
    server::{Head, find},
};
use crate::{guard::Caller, panel::Shared, refusal::Refusal, runs::Verb};

#[derive(Template)]
#[template(path = "confirm.html")]
struct Shown {
    frame: Frame,
    head: Head,
    verb: Verb,
    /// Whether something is at work on the server.
    busy: bool,
    /// What is wrong with what was said before.
    problem: Option<String>,
}

impl Shown {
    /// What it does, and what it costs those who use the service.
    fn says(&self) -> &'static str {
        match self.verb {
            Verb::Run => {
                "Deploys Data Flow, or brings what is deployed to what the settings file wants."
            }
            Verb::Upgrade => {
                "Fetches the images, shows what would be done, and asks you before anything that runs is touched. There are no analytics while containers are replaced; calls are not affected."
            }
            Verb::Start => "Starts the containers that are stopped.",
            Verb::Stop => {
                "Stops both containers, giving each up to five minutes to end. There are no analytics until they are started again; calls are not affected."
            }
            Verb::Restart => {
                "Stops both containers and starts them again. There are no analytics in between; calls are not affected."
            }
            Verb::Rm => {
                "Stops and removes both containers. The data stays in its directory. There are no analytics until it is deployed again; calls are not affected."
            }
            Verb::Unlock => {
                "Takes the lock away from whoever has it. What they are doing ends with the step at work, and nothing of it is put back. Do this only when they are gone for good."
            }
        }
    }
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path((name, verb)): Path<(String, String)>,
) -> Response {
    let Some(verb) = Verb::of(&verb) else {
        return Refusal::Missing(format!("action {verb}")).at("/servers");
    };
    ask(&panel, &caller, &name, verb, None)
}

/// The page that asks; once more, with what was wrong.
pub(super) fn ask(
    panel: &Shared,
    caller: &Caller,
    name: &str,
    verb: Verb,
    problem: Option<String>,
) -> Response {
    match find(panel, name) {
        Ok(server) => page(&Shown {
            frame: Frame::of(caller, "server"),
            head: Head::of(panel, &server, "do"),
            verb,
            busy: panel.runs.at_work_on(name).is_some(),
            problem,
        }),
        Err(missing) => missing,
    }
}
