//! `dataflow status`: shows whether the server runs as it should.

use std::fmt::Write;

use dataflow_core::{
    lifecycle::{ContainerStatus, Control, Status, Verdict},
    spec::Release,
};
use jiff::Timestamp;
use owo_colors::OwoColorize;

use super::{
    Session, checklist,
    several::{self, Answer, Servers, Show},
};
use crate::{error::Failure, exit::ExitStatus, table, width};

pub(super) async fn status(servers: Servers) -> Result<ExitStatus, Failure> {
    let answers = servers.ask(look).await;
    answers.report(Show {
        one: |status: &Status| human(status, Timestamp::now(), width::of_stdout()),
        all: |answers: &[Answer<Status>]| overview(answers, width::of_stdout()),
        status: |status: &Status| match status.verdict {
            Verdict::Running => ExitStatus::Success,
            Verdict::Degraded | Verdict::Stopped | Verdict::NotDeployed => ExitStatus::Failed,
        },
    })
}

async fn look(session: Session) -> Result<Status, Failure> {
    let wanted = session.settings.spec().ok();
    session
        .on_server(Control::default(), async |server| {
            server.status_of(wanted.as_ref()).await
        })
        .await
}

/// A line for each server, and below them what is wrong with any.
fn overview(answers: &[Answer<Status>], limit: Option<usize>) -> String {
    let names = Release::portsip();
    let row = |answer: &Answer<Status>| {
        let name = answer.name.clone();
        let none = || "-".to_owned();
        let status = match &answer.result {
            Ok(status) => status,
            Err(failure) => {
                let word = several::word(failure).to_owned();
                return [name, none(), word, none(), none(), none()];
            }
        };
        let service = status
            .containers
            .iter()
            .find(|container| container.name == names.service_name);
        let clickhouse = status.clickhouse.as_ref();
        [
            name,
            status.server.clone(),
            status.verdict.to_string(),
            service
                .and_then(|service| service.version.clone())
                .unwrap_or_else(none),
            clickhouse
                .and_then(|clickhouse| clickhouse.version.clone())
                .unwrap_or_else(none),
            clickhouse
                .and_then(|clickhouse| clickhouse.rows)
                .map_or_else(none, grouped),
        ]
    };
    let head = ["NAME", "SERVER", "STATE", "SERVICE", "CLICKHOUSE", "ROWS"].map(str::to_owned);
    let mut text = table::lines(std::iter::once(head).chain(answers.iter().map(row)), limit);
    let mut problems = answers
        .iter()
        .filter_map(|answer| Some((&answer.name, answer.result.as_ref().ok()?)))
        .flat_map(|(name, status)| status.problems.iter().map(move |problem| (name, problem)))
        .peekable();
    if problems.peek().is_some() {
        text.push('\n');
    }
    for (name, problem) in problems {
        let _ = writeln!(text, "{} {name}: {problem}", "problem:".yellow());
    }
    text
}

fn human(status: &Status, now: Timestamp, limit: Option<usize>) -> String {
    let mut text = format!(
        "Data Flow on {}: {}\n",
        status.server,
        colored(status.verdict)
    );
    if !status.containers.is_empty() {
        let rows = status
            .containers
            .iter()
            .map(|container| row(container, now));
        let head = ["CONTAINER", "STATE", "SINCE", "VERSION", "IMAGE"].map(str::to_owned);
        text.push('\n');
        text.push_str(&table::lines(std::iter::once(head).chain(rows), limit));
    }
    if let Some(clickhouse) = &status.clickhouse
        && let (Some(version), Some(rows)) = (&clickhouse.version, clickhouse.rows)
    {
        let _ = writeln!(
            text,
            "\nClickHouse {version} answers; {} rows are stored",
            grouped(rows)
        );
    }
    if !status.prerequisites.is_empty() && status.verdict != Verdict::NotDeployed {
        text.push('\n');
        text.push_str(&checklist::in_short(&status.prerequisites, limit));
    }
    if !status.problems.is_empty() {
        text.push('\n');
        for problem in &status.problems {
            let _ = writeln!(text, "{} {problem}", "problem:".yellow());
        }
    }
    match status.verdict {
        Verdict::Running => {}
        Verdict::NotDeployed => text.push_str("next: dataflow run deploys it\n"),
        Verdict::Stopped => text.push_str("next: dataflow start starts it\n"),
        Verdict::Degraded => {
            text.push_str("next: dataflow run repairs it, or says what stands in the way\n");
        }
    }
    text
}

fn colored(verdict: Verdict) -> String {
    match verdict {
        Verdict::Running => verdict.green().to_string(),
        Verdict::Degraded => verdict.red().to_string(),
        Verdict::Stopped | Verdict::NotDeployed => verdict.yellow().to_string(),
    }
}

fn row(container: &ContainerStatus, now: Timestamp) -> [String; 5] {
    let mut state = container.state.word().to_owned();
    if let Some(health) = container.health {
        let _ = write!(state, ", {}", health.word());
    }
    [
        container.name.clone(),
        state,
        since(container, now),
        container.version.clone().unwrap_or_else(|| "-".to_owned()),
        container.image.clone(),
    ]
}

/// How long ago it was started, in the largest unit that says enough.
fn since(container: &ContainerStatus, now: Timestamp) -> String {
    let Ok(started) = container.started_at.parse::<Timestamp>() else {
        return "-".to_owned();
    };
    let seconds = now.duration_since(started).as_secs();
    match seconds {
        // The engine writes year 1 for a container that was never started; a clock may also be off.
        ..0 | 3_000_000_000.. => "-".to_owned(),
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
