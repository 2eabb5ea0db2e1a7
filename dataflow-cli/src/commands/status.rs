//! `dataflow status`: shows whether the server runs as it should.

use std::fmt::Write;

use dataflow_core::lifecycle::{ContainerStatus, Control, Server, Status, Verdict};
use jiff::Timestamp;

use super::Session;
use crate::{args::Output, error::Failure, exit::ExitStatus, table};

pub(super) async fn status(session: Session) -> Result<ExitStatus, Failure> {
    let printer = session.printer;
    let status = session
        .on_server(Control::default(), Server::status)
        .await?;
    match printer.output() {
        Output::Human => printer.result(human(&status, Timestamp::now()).trim_end()),
        Output::Json => printer.json(&status),
    }
    Ok(match status.verdict {
        Verdict::Running => ExitStatus::Success,
        Verdict::Degraded | Verdict::Stopped | Verdict::NotDeployed => ExitStatus::Failed,
    })
}

fn human(status: &Status, now: Timestamp) -> String {
    let mut text = format!("Data Flow on {}: {}\n", status.server, status.verdict);
    if !status.containers.is_empty() {
        let rows = status
            .containers
            .iter()
            .map(|container| row(container, now));
        let head = ["CONTAINER", "STATE", "SINCE", "VERSION", "IMAGE"].map(str::to_owned);
        text.push('\n');
        text.push_str(&table::lines(std::iter::once(head).chain(rows)));
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
    if !status.problems.is_empty() {
        text.push('\n');
        for problem in &status.problems {
            let _ = writeln!(text, "problem: {problem}");
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
