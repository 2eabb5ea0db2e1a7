//! Reading from several servers at the same time.

use dataflow_core::Kind;
use futures_util::future::join_all;
use serde::Serialize;

use super::Session;
use crate::{args::Output, error::Failure, exit::ExitStatus, printer::Printer, settings::Chosen};

/// What one server answered.
pub(super) struct Answer<T> {
    /// Its name in the settings file; empty where it has none.
    pub(super) name: String,
    pub(super) result: Result<T, Failure>,
}

/// How what was read is shown.
pub(super) struct Show<One, All, Exit> {
    /// For people, of one server.
    pub(super) one: One,
    /// For people, of several.
    pub(super) all: All,
    /// What it means for the exit code.
    pub(super) status: Exit,
}

/// Asks all servers at the same time; the answers come in the order of the settings file. A server that is slow or cannot be
/// reached holds up no other.
pub(super) async fn each<T>(
    chosen: Vec<Chosen>,
    session: impl Fn(Chosen) -> Result<Session, Failure>,
    read: impl AsyncFn(Session) -> Result<T, Failure>,
) -> Vec<Answer<T>> {
    join_all(chosen.into_iter().map(async |chosen| Answer {
        name: chosen.name.clone().unwrap_or_default(),
        result: match session(chosen) {
            Ok(session) => read(session).await,
            Err(failure) => Err(failure),
        },
    }))
    .await
}

/// Shows what the servers answered. The exit code is the worst of all.
pub(super) fn report<T: Serialize>(
    mut answers: Vec<Answer<T>>,
    printer: Printer,
    show: Show<impl Fn(&T) -> String, impl Fn(&[Answer<T>]) -> String, impl Fn(&T) -> ExitStatus>,
) -> Result<ExitStatus, Failure> {
    if answers.len() == 1
        && let Some(answer) = answers.pop()
    {
        let result = answer.result?;
        match printer.output() {
            Output::Human => printer.result((show.one)(&result).trim_end()),
            Output::Json => printer.json_result(named(&answer.name), &result),
        }
        return Ok((show.status)(&result));
    }
    if printer.output() == Output::Human {
        printer.result((show.all)(&answers).trim_end());
    }
    let mut worst = ExitStatus::Success;
    for answer in &answers {
        worst = worst.worse(match &answer.result {
            Ok(result) => {
                if printer.output() == Output::Json {
                    printer.json_result(named(&answer.name), result);
                }
                (show.status)(result)
            }
            Err(Failure(error)) => {
                printer.error_of(named(&answer.name), &**error);
                error.kind().into()
            }
        });
    }
    Ok(worst)
}

/// What is shown in the place of an answer.
pub(super) fn word(failure: &Failure) -> &'static str {
    match failure.0.kind() {
        Kind::Unreachable => "unreachable",
        Kind::Locked => "locked",
        Kind::Usage => "not asked",
        Kind::Failed | Kind::Precondition | Kind::Pending => "no answer",
    }
}

fn named(name: &str) -> Option<&str> {
    (!name.is_empty()).then_some(name)
}
