//! `dataflow history`: shows what was done to the server, by whom and why.

use std::fmt::Write;

use dataflow_core::lifecycle::{Change, DeployedSettings, History, Outcome, PastRun, RunId};
use jiff::Timestamp;

use super::{
    Session,
    several::{Answer, Servers, Show},
};
use crate::{args::Output, error::Failure, exit::ExitStatus, table, width};

/// The last runs on each server.
pub(super) async fn history(servers: Servers, number: usize) -> Result<ExitStatus, Failure> {
    let answers = servers
        .ask(async |session| {
            session
                .on_records(async |records| records.history(number).await)
                .await
        })
        .await;
    answers.report(Show {
        one: |history: &History| all(history, width::of_stdout()),
        all: |answers: &[Answer<History>]| of_each(answers, width::of_stdout()),
        status: |_: &History| ExitStatus::Success,
    })
}

/// One run, which is on one server.
pub(super) async fn run(session: Session, run: &RunId) -> Result<ExitStatus, Failure> {
    let (printer, name) = (session.printer, session.name.clone());
    let past = session
        .on_records(async |records| records.run(run).await)
        .await?;
    match printer.output() {
        Output::Human => printer.result(one(&past).trim_end()),
        Output::Json => printer.json_result(name.as_deref(), &past),
    }
    Ok(ExitStatus::Success)
}

/// The runs on each server, below its name.
fn of_each(answers: &[Answer<History>], limit: Option<usize>) -> String {
    let told = answers.iter().filter_map(|answer| {
        let history = answer.result.as_ref().ok()?;
        Some(format!("{}\n{}", answer.name, all(history, limit)))
    });
    told.collect::<Vec<_>>().join("\n")
}

/// A line for each run.
fn all(history: &History, limit: Option<usize>) -> String {
    if history.runs.is_empty() {
        return format!("nothing is on record on {}\n", history.server);
    }
    let head = ["RUN", "WHEN", "VERB", "WHO", "OUTCOME", "TOOK", "CAUSE"].map(str::to_owned);
    let rows = history.runs.iter().map(|run| {
        [
            run.run.clone(),
            when(run.began),
            run.verb.clone(),
            run.operator.to_string(),
            run.outcome.word().to_owned(),
            run.elapsed_ms.map_or_else(|| "-".to_owned(), took),
            cause(run),
        ]
    });
    table::lines(std::iter::once(head).chain(rows), limit)
}

/// Why the run changed something: what was set anew, else the first step that does more than wait. For one that failed, at what.
fn cause(run: &PastRun) -> String {
    if let Some(step) = run.steps.iter().find(|step| step.error.is_some()) {
        return format!(
            "{}: {}",
            step.what,
            step.error.as_deref().unwrap_or_default()
        );
    }
    if !run.changed_settings.is_empty() {
        let changes: Vec<String> = run.changed_settings.iter().map(change).collect();
        return changes.join(", ");
    }
    let waits = |what: &str| what.starts_with("wait ") || what.starts_with("see ");
    let step = run.steps.iter().find(|step| !waits(&step.what));
    step.map_or_else(
        || "-".to_owned(),
        |step| format!("{}: {}", step.what, step.why),
    )
}

fn change(change: &Change) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    format!(
        "{} {} -> {}",
        change.setting,
        value(&change.now),
        value(&change.wanted)
    )
}

/// One run with all its steps.
fn one(run: &PastRun) -> String {
    let mut text = format!("run {}: {} on {}\n", run.run, run.verb, run.server);
    let _ = writeln!(
        text,
        "by {} (process {}, dataflow {}), {}",
        run.operator,
        run.operator.pid,
        run.program,
        when(run.began)
    );
    let took = run.elapsed_ms.map(|ms| format!(" after {}", took(ms)));
    let _ = writeln!(text, "{}{}", run.outcome.word(), took.unwrap_or_default());
    for changed in &run.changed_settings {
        let _ = writeln!(text, "changed: {}", change(changed));
    }
    if !run.ignored.is_empty() {
        let _ = writeln!(text, "ignored: {}", run.ignored.join(", "));
    }
    if !run.steps.is_empty() {
        text.push('\n');
    }
    for step in &run.steps {
        let width = step.of.to_string().len();
        let _ = write!(
            text,
            "[{:>width$}/{}] {} ({}",
            step.number, step.of, step.what, step.why
        );
        match (step.outcome, step.elapsed_ms) {
            (Outcome::Done, Some(ms)) => {
                let _ = writeln!(text, "; {})", self::took(ms));
            }
            (outcome, _) => {
                let _ = writeln!(text, "): {}", outcome.word());
            }
        }
        if let Some(error) = &step.error {
            let _ = writeln!(text, "  because: {error}");
        }
    }
    for what in &run.put_back {
        let _ = writeln!(text, "put back: {what}");
    }
    if let Some(error) = &run.error {
        let _ = writeln!(text, "\nerror: {error}");
    }
    if let Some(settings) = &run.settings {
        text.push('\n');
        text.push_str(&table::lines(rows(settings), None));
    }
    text
}

fn rows(settings: &DeployedSettings) -> Vec<[String; 2]> {
    let rows = [
        ("data-path", Some(settings.data_path.clone())),
        ("private-ip", settings.private_ip.clone()),
        ("public-ip", settings.public_ip.clone()),
        ("pbx", Some(settings.pbx.clone())),
        ("image", Some(settings.image.clone())),
        ("clickhouse-image", Some(settings.clickhouse_image.clone())),
        ("nofile", Some(settings.nofile.to_string())),
        ("start-grace", Some(settings.start_grace.to_string())),
        ("registry", settings.registry.clone()),
        ("registry user", settings.registry_user.clone()),
    ];
    rows.into_iter()
        .filter_map(|(name, value)| Some([name.to_owned(), value?]))
        .collect()
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or_else(
        || "-".to_owned(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

fn took(ms: u64) -> String {
    if ms < 60_000 {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    } else {
        format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000)
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
