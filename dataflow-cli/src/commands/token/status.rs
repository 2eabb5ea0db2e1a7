//! `dataflow token status`: shows which token is deployed, by its fingerprint.

use std::fmt::Write;

use dataflow_core::lifecycle::{Control, TokenStatus};

use crate::{
    commands::{
        Session,
        several::{self, Answer, Servers, Show},
    },
    error::Failure,
    exit::ExitStatus,
    table, width,
};

pub(super) async fn status(servers: Servers) -> Result<ExitStatus, Failure> {
    let answers = servers.ask(look).await;
    answers.report(Show {
        one: |status: &TokenStatus| human(status),
        all: |answers: &[Answer<TokenStatus>]| overview(answers, width::of_stdout()),
        status: |status: &TokenStatus| match status.matches {
            Some(false) => ExitStatus::Failed,
            Some(true) | None => ExitStatus::Success,
        },
    })
}

async fn look(session: Session) -> Result<TokenStatus, Failure> {
    let settings = session.settings.clone();
    session
        .on_server(Control::default(), async |server| {
            server.token_status(&settings).await
        })
        .await
}

fn human(status: &TokenStatus) -> String {
    let mut text = format!("Token of Data Flow on {}\n", status.server);
    let _ = match (&status.file, &status.delivered) {
        (None, _) => writeln!(
            text,
            "  on the server:     not known: no place is set where the service looks for it (deliver-as under [token])"
        ),
        (Some(file), None) => writeln!(text, "  on the server:     none in {file}"),
        (Some(file), Some(delivered)) => {
            let since = status.since.map(|since| format!(", since {since}"));
            writeln!(
                text,
                "  on the server:     {delivered} in {file}{}",
                since.unwrap_or_default()
            )
        }
    };
    let or_none = |fingerprint: &Option<_>| match fingerprint {
        Some(fingerprint) => format!("{fingerprint}"),
        None => "none".to_owned(),
    };
    let _ = writeln!(text, "  service made with: {}", or_none(&status.service));
    let _ = writeln!(text, "  given:             {}", or_none(&status.given));
    let _ = match status.matches {
        None => Ok(()),
        Some(true) => writeln!(text, "They are the same."),
        Some(false) => writeln!(
            text,
            "They are not the same.\nnext: dataflow run delivers the one that is given and makes the service anew; dataflow token set another one"
        ),
    };
    text
}

/// A line for each server.
fn overview(answers: &[Answer<TokenStatus>], limit: Option<usize>) -> String {
    let head = ["NAME", "SERVER", "ON THE SERVER", "SERVICE", "GIVEN"].map(str::to_owned);
    let none = || "-".to_owned();
    let row = |answer: &Answer<TokenStatus>| match &answer.result {
        Ok(status) => {
            let shown = |fingerprint: &Option<_>| match fingerprint {
                Some(fingerprint) => format!("{fingerprint}"),
                None => none(),
            };
            [
                answer.name.clone(),
                status.server.clone(),
                shown(&status.delivered),
                shown(&status.service),
                shown(&status.given),
            ]
        }
        Err(failure) => {
            let word = several::word(failure).to_owned();
            [answer.name.clone(), none(), word, none(), none()]
        }
    };
    table::lines(std::iter::once(head).chain(answers.iter().map(row)), limit)
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
