//! `dataflow prerequisites`: says what must be so at the PBX and on the network, and what to do where it is not.

use std::fmt::Write;

use dataflow_core::lifecycle::Checklist;

use super::{
    Session, checklist,
    several::{Answer, Servers, Show},
};
use crate::{args::Page, error::Failure, exit::ExitStatus, render::messages, width};

pub(super) async fn prerequisites(
    servers: Servers,
    page: Option<Page>,
) -> Result<ExitStatus, Failure> {
    let answers = servers.ask(look).await;
    answers.report(Show {
        one: |list: &Checklist| match page {
            None => human(list, width::of_stdout()),
            Some(_) => section(&list.server, Ok(list)),
        },
        all: |answers: &[Answer<Checklist>]| match page {
            None => checklist::overview(answers, |list| &list.prerequisites, width::of_stdout()),
            Some(_) => sections(answers),
        },
        status: |list: &Checklist| checklist::status(&list.prerequisites),
    })
}

async fn look(session: Session) -> Result<Checklist, Failure> {
    let spec = session.settings.spec()?;
    session.on_surroundings(&spec).await
}

fn human(list: &Checklist, limit: Option<usize>) -> String {
    format!(
        "Prerequisites of Data Flow on {}: {}\n\n{}",
        list.server,
        checklist::summary(&list.prerequisites),
        checklist::items(&list.prerequisites, limit)
    )
}

/// A document of several servers.
fn sections(answers: &[Answer<Checklist>]) -> String {
    let mut text = String::new();
    for answer in answers {
        let result = answer.result.as_ref();
        let why = |Failure(error): &Failure| messages(&**error).join(": ");
        text.push_str(&section(&answer.name, result.map_err(why)));
        text.push('\n');
    }
    text
}

/// Markdown: a list to tick off, with the steps below each item.
fn section(name: &str, list: Result<&Checklist, String>) -> String {
    let mut text = format!("# Prerequisites: {}\n\n", checklist::markdown_text(name));
    match list {
        Ok(list) => text.push_str(&checklist::markdown(&list.prerequisites)),
        Err(why) => {
            let _ = writeln!(text, "not looked at: {}", checklist::markdown_text(&why));
        }
    }
    text
}
