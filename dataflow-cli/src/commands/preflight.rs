//! `dataflow preflight`: says whether servers are fit, before anything is installed.

use std::fmt::Write;

use dataflow_core::{
    facts::Question,
    preflight::{
        self as checks, Expectations, Report, State, Verdict,
        render::{self, Detail, NoReport},
    },
    spec::{ServerIp, Settings},
};
use owo_colors::OwoColorize;

use super::{
    Session,
    several::{self, Answer, Answers, Servers, Show},
};
use crate::{
    args::{Page, PreflightArgs},
    error::{CliError, Failure},
    exit::ExitStatus,
    render::messages,
    table, width,
};

pub(super) async fn preflight(
    servers: Servers,
    args: &PreflightArgs,
    page: Option<Page>,
) -> Result<ExitStatus, Failure> {
    if args.save_facts.is_some() && servers.are_several() {
        return Err(CliError::OneMachine {
            flag: "--save-facts",
        }
        .into());
    }
    let answers = servers.ask(async |session| look(session, args).await).await;
    report(answers, args, page)
}

/// Shows what was found.
pub(super) fn report(
    answers: Answers<Report>,
    args: &PreflightArgs,
    page: Option<Page>,
) -> Result<ExitStatus, Failure> {
    answers.report(Show {
        one: |report: &Report| match page {
            None => render::human(report, Detail::All, &paint),
            Some(Page::Junit) => render::junit([Ok(report)]),
            Some(Page::Markdown) => render::markdown([Ok(report)]),
        },
        all: |answers: &[Answer<Report>]| match page {
            None => overview(answers, width::of_stdout()),
            Some(Page::Junit) => render::junit(outcomes(answers)),
            Some(Page::Markdown) => render::markdown(outcomes(answers)),
        },
        status: |report: &Report| status(report, args),
    })
}

/// What a report comes to as an exit code.
pub(super) fn status(report: &Report, args: &PreflightArgs) -> ExitStatus {
    match report.verdict {
        Verdict::Unfit => ExitStatus::Failed,
        Verdict::FitWithWarnings if args.strict => ExitStatus::Pending,
        Verdict::FitWithWarnings | Verdict::Fit => ExitStatus::Success,
    }
}

/// What a server is checked for.
pub(super) fn expectations(settings: &Settings, args: &PreflightArgs) -> Expectations {
    Expectations {
        profile: settings.preflight.profile.unwrap_or_default(),
        private_ip: settings.private_ip.map(ServerIp::get),
        public_ip: settings.public_ip.map(ServerIp::get),
        user: args.pbx_user.clone(),
        pbx_os: args.pbx_os.clone(),
        ignored: settings
            .preflight
            .ignore
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

/// What it is asked.
pub(super) fn question(session: &Session, args: &PreflightArgs) -> Question {
    let data_path = session.settings.data_path.clone().unwrap_or_default();
    Question {
        data_path: data_path.to_string(),
        count_updates: args.count_updates,
        wants_sudo_password: session.terminal.is_some(),
        metadata: session.settings.aws.metadata(),
        pbx: session.settings.pbx.map(ServerIp::get),
    }
}

/// What matters of a report, for people.
pub(super) fn what_matters(report: &Report) -> String {
    render::human(report, Detail::WhatMatters, &paint)
}

async fn look(session: Session, args: &PreflightArgs) -> Result<Report, Failure> {
    let expectations = expectations(&session.settings, args);
    let question = question(&session, args);
    let facts = session.facts(&question, args.disk_probe).await?;
    if let Some(path) = &args.save_facts {
        std::fs::write(path, facts.to_json()?).map_err(|error| CliError::Unwritable {
            what: "the facts cannot be recorded in",
            path: path.clone(),
            reason: error.to_string(),
        })?;
    }
    Ok(checks::judge(&facts, &expectations)?)
}

/// The reports, and why there is none where there is none.
fn outcomes(answers: &[Answer<Report>]) -> impl Iterator<Item = Result<&Report, NoReport>> {
    answers.iter().map(|answer| {
        answer.result.as_ref().map_err(|Failure(error)| NoReport {
            name: answer.name.clone(),
            why: messages(&**error).join(": "),
        })
    })
}

/// A line for each server, and then the errors of each that is not fit.
fn overview(answers: &[Answer<Report>], limit: Option<usize>) -> String {
    let head = [
        "NAME", "SERVER", "VERDICT", "ERRORS", "WARNINGS", "UNKNOWN", "PASSED",
    ]
    .map(str::to_owned);
    let row = |answer: &Answer<Report>| match &answer.result {
        Ok(report) => {
            let counts = &report.counts;
            [
                answer.name.clone(),
                report.host.clone(),
                verdict(report.verdict).to_owned(),
                (counts.error + counts.crashed).to_string(),
                counts.warning.to_string(),
                counts.unknown.to_string(),
                counts.pass.to_string(),
            ]
        }
        Err(failure) => {
            let none = || "-".to_owned();
            let word = several::word(failure).to_owned();
            [
                answer.name.clone(),
                none(),
                word,
                none(),
                none(),
                none(),
                none(),
            ]
        }
    };
    let mut text = table::lines(std::iter::once(head).chain(answers.iter().map(row)), limit);
    let reports = answers
        .iter()
        .filter_map(|answer| answer.result.as_ref().ok());
    for report in reports.filter(|report| report.verdict == Verdict::Unfit) {
        let errors = render::human(report, Detail::Errors, &paint);
        let _ = write!(text, "\n{errors}");
    }
    text
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fit => "fit",
        Verdict::FitWithWarnings => "fit, warnings",
        Verdict::Unfit => "not fit",
    }
}

/// The word for a state, coloured where the terminal takes it.
fn paint(state: State, word: &str) -> String {
    match state {
        State::Pass => word.green().to_string(),
        State::Note | State::Skipped => word.dimmed().to_string(),
        State::Unknown | State::Warning => word.yellow().to_string(),
        State::Error | State::Crashed => word.red().bold().to_string(),
    }
}
