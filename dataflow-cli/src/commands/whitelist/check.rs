//! `dataflow whitelist check`: says whether the PBX lets the server through, and for how long.

use dataflow_core::{
    pbx::{PbxSeen, Seen},
    prerequisites::{self, Known, Prerequisite},
};
use jiff::Timestamp;
use serde::Serialize;

use super::Entry;
use crate::{
    commands::{
        checklist,
        several::{Answer, Answers, Show},
    },
    error::Failure,
    exit::ExitStatus,
    width,
};

/// How a server stands.
#[derive(Debug, Serialize)]
pub(super) struct Checked {
    /// The PBX, as the URL of its API.
    pbx: String,
    /// An item for each address.
    prerequisites: Vec<Prerequisite>,
}

pub(super) async fn check(entry: Entry) -> Result<Checked, Failure> {
    entry.addresses()?;
    let entries = entry.at_pbx(async |pbx| Ok(pbx.whitelist().await?)).await?;
    let mut known = Known::nothing(Timestamp::now());
    known.pbx = PbxSeen {
        whitelist: Seen::Known(entries),
        version: Seen::NotAsked,
    };
    let settings = &entry.settings;
    Ok(Checked {
        pbx: entry.access.url.to_string(),
        prerequisites: prerequisites::whitelist(settings.private_ip, settings.public_ip, &known),
    })
}

pub(super) fn report(answers: Answers<Checked>) -> Result<ExitStatus, Failure> {
    answers.report(Show {
        one: |checked: &Checked| checklist::items(&checked.prerequisites, width::of_stdout()),
        all: |answers: &[Answer<Checked>]| {
            checklist::overview(
                answers,
                |checked| &checked.prerequisites,
                width::of_stdout(),
            )
        },
        status: |checked: &Checked| checklist::status(&checked.prerequisites),
    })
}
