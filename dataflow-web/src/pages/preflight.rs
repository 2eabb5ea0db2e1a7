//! Whether a server is fit: what each check found, and what mends it.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use dataflow_core::preflight::{Finding, Group, Report};

use super::{
    Frame, page,
    server::{Head, find},
    shown,
    sign::Sign,
};
use crate::{guard::Caller, panel::Shared};

#[derive(Template)]
#[template(path = "preflight.html")]
struct Shown {
    frame: Frame,
    head: Head,
}

impl Shown {
    /// The findings that matter, the worst first.
    fn matters<'a>(&self, report: &'a Report) -> Vec<&'a Finding> {
        let mut findings: Vec<_> = report
            .findings
            .iter()
            .filter(|found| found.matters())
            .collect();
        findings.sort_by_key(|found| std::cmp::Reverse(found.state));
        findings
    }

    /// All findings by what they belong to, in the order of the report.
    fn groups<'a>(&self, report: &'a Report) -> Vec<(Group, Vec<&'a Finding>)> {
        let mut groups: Vec<(Group, Vec<&Finding>)> = Vec::new();
        for found in &report.findings {
            match groups.last_mut() {
                Some((group, findings)) if *group == found.group => findings.push(found),
                _ => groups.push((found.group, vec![found])),
            }
        }
        groups
    }
}

pub(crate) async fn show(
    State(panel): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Response {
    match find(&panel, &name) {
        Ok(server) => page(&Shown {
            frame: Frame::of(&caller, "server"),
            head: Head::of(&panel, &server, "preflight"),
        }),
        Err(missing) => missing,
    }
}
