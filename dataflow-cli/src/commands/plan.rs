//! `dataflow plan`: shows what `run` would do, and changes nothing.

use std::fmt::Write;

use dataflow_core::lifecycle::{Control, PlanSummary};
use owo_colors::OwoColorize;
use serde::Serialize;

use super::{
    Session,
    several::{self, Answer, Servers, Show},
};
use crate::{error::Failure, exit::ExitStatus, plan_view, width};

/// What would be done on one server.
#[derive(Debug, Serialize)]
struct Planned {
    /// The server, as `user@host` or `local`.
    server: String,
    /// Whether there is anything to do.
    pending: bool,
    #[serde(flatten)]
    plan: PlanSummary,
}

pub(super) async fn plan(servers: Servers, exit_code: bool) -> Result<ExitStatus, Failure> {
    let answers = servers.ask(look).await;
    answers.report(Show {
        one: |planned: &Planned| human(planned, width::of_stdout()),
        all: |answers: &[Answer<Planned>]| overview(answers, width::of_stdout()),
        status: |planned: &Planned| {
            if planned.pending && exit_code {
                ExitStatus::Pending
            } else {
                ExitStatus::Success
            }
        },
    })
}

async fn look(session: Session) -> Result<Planned, Failure> {
    let spec = session.settings.spec()?;
    session
        .on_server(Control::default(), async |server| {
            let plan = server.plan(&spec).await?;
            Ok(Planned {
                server: server.label(),
                pending: !plan.steps.is_empty(),
                plan,
            })
        })
        .await
}

fn human(planned: &Planned, limit: Option<usize>) -> String {
    let server = &planned.server;
    if planned.pending {
        format!(
            "Data Flow on {server}: {}\n\n{}",
            plan_view::count(&planned.plan),
            plan_view::text(&planned.plan, limit)
        )
    } else {
        format!(
            "Data Flow on {server} is as wanted: nothing to do\n{}",
            plan_view::text(&planned.plan, limit)
        )
    }
}

/// One plan after the other, each under its server's name.
fn overview(answers: &[Answer<Planned>], limit: Option<usize>) -> String {
    let mut text = String::new();
    for answer in answers {
        let said = match &answer.result {
            Ok(planned) => human(planned, limit),
            Err(failure) => several::word(failure).to_owned(),
        };
        let _ = writeln!(text, "{}\n{}\n", answer.name.bold(), said.trim_end());
    }
    text
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
