//! Reading from several servers at the same time.

use std::time::Instant;

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

/// The servers to read from, in the order of the settings file.
pub(super) struct Servers {
    sessions: Vec<Answer<Session>>,
    printer: Printer,
}

/// What they answered, in the same order.
pub(super) struct Answers<T> {
    answers: Vec<Answer<T>>,
    printer: Printer,
}

impl Servers {
    /// One session for each server; what stands in its way is that server's answer.
    pub(super) fn new(
        chosen: Vec<Chosen>,
        session: impl Fn(Chosen) -> Result<Session, Failure>,
        printer: Printer,
    ) -> Self {
        let sessions = chosen.into_iter().map(|chosen| Answer {
            name: chosen.name.clone().unwrap_or_default(),
            result: session(chosen),
        });
        Self {
            sessions: sessions.collect(),
            printer,
        }
    }

    /// Whether there is more than one, so that what is shown of each needs its name.
    pub(super) fn are_several(&self) -> bool {
        self.sessions.len() > 1
    }

    /// Asks all of them at the same time. One that is slow or cannot be reached holds up no other.
    pub(super) async fn ask<T>(
        self,
        read: impl AsyncFn(Session) -> Result<T, Failure>,
    ) -> Answers<T> {
        let printer = self.printer;
        let answers = self.sessions.into_iter().map(async |server| {
            let begun = Instant::now();
            let result = match server.result {
                Ok(session) => read(session).await,
                Err(failure) => Err(failure),
            };
            let name = named(&server.name).map(|name| format!("{name}: "));
            printer.detail(&format!(
                "{}asked for {} ms",
                name.unwrap_or_default(),
                begun.elapsed().as_millis()
            ));
            Answer {
                name: server.name,
                result,
            }
        });
        Answers {
            answers: join_all(answers).await,
            printer,
        }
    }
}

impl<T> Answers<T> {
    /// What was answered by other means.
    pub(super) fn new(answers: Vec<Answer<T>>, printer: Printer) -> Self {
        Self { answers, printer }
    }
}

impl<T: Serialize> Answers<T> {
    /// Shows the answers. The exit code is the worst of all.
    pub(super) fn report(
        mut self,
        show: Show<
            impl Fn(&T) -> String,
            impl Fn(&[Answer<T>]) -> String,
            impl Fn(&T) -> ExitStatus,
        >,
    ) -> Result<ExitStatus, Failure> {
        let printer = self.printer;
        if self.answers.len() == 1
            && let Some(answer) = self.answers.pop()
        {
            let result = match answer.result {
                Ok(result) => result,
                Err(failure) => return said_of(named(&answer.name), printer, Err(failure)),
            };
            match printer.output() {
                Output::Human => printer.result((show.one)(&result).trim_end()),
                Output::Json => printer.json_result(named(&answer.name), &result),
            }
            return Ok((show.status)(&result));
        }
        if printer.output() == Output::Human {
            printer.result((show.all)(&self.answers).trim_end());
        }
        let mut worst = ExitStatus::Success;
        for answer in &self.answers {
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
}

impl Answers<ExitStatus> {
    /// Shows what failed, where everything else was shown as it came. The exit code is the worst of all.
    pub(super) fn worst(self) -> Result<ExitStatus, Failure> {
        let (printer, several) = (self.printer, self.answers.len() > 1);
        let mut worst = ExitStatus::Success;
        for answer in self.answers {
            let name = named(&answer.name);
            worst = worst.worse(match answer.result {
                Err(Failure(error)) if several => {
                    printer.error_of(name, &*error);
                    error.kind().into()
                }
                result => said_of(name, printer, result)?,
            });
        }
        Ok(worst)
    }
}

/// Has programs told which server a failure is about; people see it in the message.
pub(super) fn said_of(
    name: Option<&str>,
    printer: Printer,
    result: Result<ExitStatus, Failure>,
) -> Result<ExitStatus, Failure> {
    match result {
        Err(Failure(error)) if printer.output() == Output::Json => {
            printer.error_of(name, &*error);
            Ok(error.kind().into())
        }
        other => other,
    }
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
