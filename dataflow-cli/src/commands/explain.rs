//! `dataflow preflight --explain`: what a check is about and how it judges.

use std::fmt::Write;

use dataflow_core::preflight::{self as checks, Check, Group};
use serde::Serialize;

use crate::{
    args::{Explained, Output},
    error::Failure,
    exit::ExitStatus,
    printer::Printer,
};

/// What is explained, for programs.
#[derive(Serialize)]
struct Checks {
    checks: Vec<Explanation>,
}

#[derive(Serialize)]
struct Explanation {
    id: &'static str,
    group: Group,
    title: &'static str,
    required: &'static str,
    source: &'static str,
    why: &'static str,
}

impl From<&'static Check> for Explanation {
    fn from(check: &'static Check) -> Self {
        Self {
            id: check.id,
            group: check.group,
            title: check.title,
            required: check.required,
            source: check.source,
            why: check.why,
        }
    }
}

pub(super) fn explain(what: Explained, printer: Printer) -> Result<ExitStatus, Failure> {
    let explained: Vec<&'static Check> = match what {
        Explained::All => checks::all().collect(),
        Explained::One(id) => vec![checks::find(id.as_str())?],
    };
    match (printer.output(), what) {
        (Output::Json, _) => printer.json_result(
            None,
            &Checks {
                checks: explained.into_iter().map(Explanation::from).collect(),
            },
        ),
        (Output::Human, Explained::All) => printer.result(list(&explained).trim_end()),
        (Output::Human, Explained::One(_)) => {
            explained
                .iter()
                .for_each(|check| printer.result(&check.to_string()));
        }
    }
    Ok(ExitStatus::Success)
}

/// A line for each.
fn list(checks: &[&'static Check]) -> String {
    let width = checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks {
        let (id, title, required) = (check.id, check.title, check.required);
        let _ = writeln!(text, "{id:<width$}  {title}: {required}");
    }
    text
}
