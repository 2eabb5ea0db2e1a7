//! `dataflow whitelist list`: shows all entries of the PBX's list, and what each is to the server.

use std::{fmt::Write, net::IpAddr};

use dataflow_core::pbx::IpFilter;
use jiff::Timestamp;
use owo_colors::OwoColorize;
use serde::Serialize;

use super::{Entry, addresses};
use crate::{
    commands::several::{self, Answer, Answers, Show},
    error::Failure,
    exit::ExitStatus,
    table, width,
};

/// The list of one PBX.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    /// The PBX, as the URL of its API.
    pbx: String,
    /// All entries, as the PBX has them in order.
    entries: Vec<Row>,
}

/// One entry, and what it is to the server.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    entry: IpFilter,
    /// Whether this program made it.
    ours: bool,
    /// Whether it has ended.
    ended: bool,
    /// Which of the server's addresses it is about.
    covers: Vec<IpAddr>,
}

pub(super) async fn list(entry: Entry) -> Result<Listed, Failure> {
    let entries = entry.at_pbx(async |pbx| Ok(pbx.whitelist().await?)).await?;
    let addresses = addresses(&entry.settings);
    let now = Timestamp::now();
    Ok(Listed {
        pbx: entry.access.url.to_string(),
        entries: entries
            .into_iter()
            .map(|entry| row(entry, &addresses, now))
            .collect(),
    })
}

fn row(entry: IpFilter, addresses: &[IpAddr], now: Timestamp) -> Row {
    let covered = |address: &&IpAddr| entry.cidr.covers(**address);
    Row {
        ours: entry.is_ours(),
        ended: entry.has_ended(now),
        covers: addresses.iter().filter(covered).copied().collect(),
        entry,
    }
}

pub(super) fn report(answers: Answers<Listed>) -> Result<ExitStatus, Failure> {
    answers.report(Show {
        one: |listed: &Listed| human(listed, width::of_stdout()),
        all: |answers: &[Answer<Listed>]| several_lists(answers, width::of_stdout()),
        status: |_: &Listed| ExitStatus::Success,
    })
}

fn human(listed: &Listed, limit: Option<usize>) -> String {
    if listed.entries.is_empty() {
        return format!("{} has no entry", listed.pbx);
    }
    let head = ["ACTION", "ADDRESSES", "ENDS", "MARKS", "DESCRIPTION"].map(str::to_owned);
    let rows = listed.entries.iter().map(cells);
    table::lines(std::iter::once(head).chain(rows), limit)
}

fn cells(row: &Row) -> [String; 5] {
    let entry = &row.entry;
    let mut marks = Vec::new();
    if row.ended {
        marks.push("ended".to_owned());
    }
    if row.ours {
        marks.push("ours".to_owned());
    }
    marks.extend(row.covers.iter().map(|address| format!("covers {address}")));
    let or_none = |text: String| {
        if text.is_empty() {
            "-".to_owned()
        } else {
            text
        }
    };
    [
        entry.target.to_string(),
        entry.cidr.to_string(),
        entry.expire_at.map_or_else(
            || "never".to_owned(),
            |end| end.strftime("%Y-%m-%d").to_string(),
        ),
        or_none(marks.join(", ")),
        or_none(entry.description.clone()),
    ]
}

/// One list after the other, each under its server's name.
fn several_lists(answers: &[Answer<Listed>], limit: Option<usize>) -> String {
    let mut text = String::new();
    for answer in answers {
        let said = match &answer.result {
            Ok(listed) => human(listed, limit),
            Err(failure) => several::word(failure).to_owned(),
        };
        let _ = writeln!(text, "{}\n{}\n", answer.name.bold(), said.trim_end());
    }
    text
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
