//! Whether a server is fit for what is to be changed on it.
//!
//! On a server without Data Flow every error of the preflight stands in the way. Where Data Flow is deployed it runs on what there
//! is: a repair or an upgrade is not refused for its hardware, system or kernel. What must not be there, or an address that is
//! not the server's, stands in the way there too.

use std::fmt;

use super::{
    error::LifecycleError,
    events::{Event, Events},
    observed::{Observed, aside},
    server::Server,
};
use crate::{
    facts::Facts,
    preflight::{self, Expectations, Finding, Group, PreflightError, State},
    spec::{Release, Spec},
};

/// What the preflight found, as far as it matters to an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    /// What stands in the way.
    pub(super) errors: Vec<Complaint>,
    /// What would stand in the way and is ignored.
    pub(super) ignored: Vec<Complaint>,
    /// How many things should be mended.
    pub(super) warnings: usize,
    /// How many things could not be seen.
    pub(super) unknown: usize,
}

/// A check that found something that is not as required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The check's identifier.
    pub id: &'static str,
    /// What was seen.
    pub seen: String,
    /// What is required.
    pub required: String,
    /// What mends it.
    pub remedy: Vec<String>,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} (required: {})",
            self.id, self.seen, self.required
        )?;
        if !self.remedy.is_empty() {
            write!(f, "; to mend it: {}", self.remedy.join("; "))?;
        }
        Ok(())
    }
}

impl From<&Finding> for Complaint {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id,
            seen: finding.seen.clone(),
            required: finding.required.clone(),
            remedy: finding.remedy.clone(),
        }
    }
}

/// Judges what a server is. `deployed`: Data Flow is there already.
pub(super) fn judge(
    facts: &Facts,
    expectations: &Expectations,
    deployed: bool,
) -> Result<Judgement, PreflightError> {
    let report = preflight::judge(facts, expectations)?;
    let mut judgement = Judgement::default();
    for finding in &report.findings {
        match (finding.state, finding.ignored) {
            (State::Error | State::Crashed, _) if stands(finding, deployed) => {
                judgement.errors.push(finding.into());
            }
            (_, Some(State::Error | State::Crashed)) if stands(finding, deployed) => {
                judgement.ignored.push(finding.into());
            }
            (State::Error | State::Crashed | State::Warning, _) => judgement.warnings += 1,
            (State::Unknown, _) => judgement.unknown += 1,
            _ => {}
        }
    }
    Ok(judgement)
}

/// Whether an error of this check stands in the way. That other programs have Data Flow's ports is refused by the plan, which knows
/// whose they are.
fn stands(finding: &Finding, deployed: bool) -> bool {
    !deployed || finding.group == Group::Forbidden || finding.id == "network.private-ip"
}

/// Whether Data Flow is deployed, or an interrupted run was about to do it.
pub(super) fn is_deployed(observed: &Observed, release: &Release) -> bool {
    [release.clickhouse_name, release.service_name]
        .iter()
        .any(|name| {
            observed.containers.contains_key(*name)
                || observed.containers.contains_key(&aside(name))
        })
}

impl Judgement {
    /// The identifiers of what is ignored.
    pub(super) fn ignored_ids(&self) -> Vec<String> {
        let ids = self.ignored.iter().map(|complaint| complaint.id.to_owned());
        ids.collect()
    }

    /// Refuses what has errors.
    pub(super) fn pass(self, host: &str) -> Result<Self, LifecycleError> {
        if self.errors.is_empty() {
            return Ok(self);
        }
        Err(LifecycleError::Unfit {
            host: host.to_owned(),
            details: self.errors.iter().map(ToString::to_string).collect(),
            ids: self.errors.iter().map(|complaint| complaint.id).collect(),
        })
    }

    /// Tells what is ignored, and how many other things are not as they should be.
    pub(super) fn tell(&self, events: &Events) {
        for complaint in &self.ignored {
            events.tell(Event::Warning {
                text: format!(
                    "{} is ignored: {} (required: {})",
                    complaint.id, complaint.seen, complaint.required
                ),
            });
        }
        events.tell(Event::Preflight {
            warnings: self.warnings,
            unknown: self.unknown,
            ignored: self.ignored_ids(),
        });
    }
}

impl Server {
    /// Lets a server pass that is fit for what is wanted.
    pub(super) fn pass_gate(
        &self,
        spec: &Spec,
        facts: &Facts,
        observed: &Observed,
    ) -> Result<Judgement, LifecycleError> {
        let deployed = is_deployed(observed, &self.release);
        let judgement = judge(facts, &spec.expectations(), deployed)?.pass(&self.host.label())?;
        self.gate_told.call_once(|| {
            judgement.tell(&self.control.events);
        });
        Ok(judgement)
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
