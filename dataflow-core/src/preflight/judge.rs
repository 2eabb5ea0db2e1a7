//! Puts facts to the checks.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use super::{Check, Expectations, Finding, Outcome, PreflightError, Report, State, all, find};
use crate::facts::{Fact, Facts, Sort, Unseen};

/// The name of the machine that a program runs on; its host name says more.
const LOCAL: &str = "local";

/// A check that takes longer than this is slow: it looks at values only.
const SLOW: Duration = Duration::from_millis(100);

/// Puts the facts of a machine to all checks. A check that panics is a finding of its own and ends nothing.
///
/// # Errors
/// [`PreflightError::UnknownCheck`] for an identifier that is to be ignored and is none.
pub fn judge(facts: &Facts, expectations: &Expectations) -> Result<Report, PreflightError> {
    for id in &expectations.ignored {
        find(id)?;
    }
    let findings = all()
        .map(|check| finding(check, facts, expectations))
        .collect();
    let hostname = facts.system.hostname.known();
    let name = match hostname {
        Some(hostname) if facts.host == LOCAL => hostname.clone(),
        _ => facts.host.clone(),
    };
    Ok(Report::new(
        name,
        machine(facts),
        expectations.profile,
        findings,
    ))
}

/// Puts the facts of a machine to one check.
pub(crate) fn finding(check: &Check, facts: &Facts, expectations: &Expectations) -> Finding {
    let began = Instant::now();
    let outcome = match catch_unwind(AssertUnwindSafe(|| (check.judge)(facts, expectations))) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(Unseen(reason))) => Outcome::new(State::Unknown, reason),
        Err(panic) => Outcome::new(State::Crashed, message(panic.as_ref())),
    };
    let took = began.elapsed();
    let ignored = expectations.ignored.contains(check.id)
        && matches!(
            outcome.state,
            State::Error | State::Warning | State::Unknown | State::Crashed
        );
    Finding {
        id: check.id,
        group: check.group,
        title: check.title,
        state: if ignored { State::Note } else { outcome.state },
        ignored: ignored.then_some(outcome.state),
        seen: outcome.seen,
        required: outcome
            .required
            .unwrap_or_else(|| check.required.to_owned()),
        source: check.source,
        remedy: outcome.remedy,
        fix: outcome.fix,
        slow_ms: (took > SLOW).then(|| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "the check itself failed: {}",
        text.unwrap_or_else(|| "it does not say why".to_owned())
    )
}

/// The machine in a line.
fn machine(facts: &Facts) -> String {
    let mut parts = Vec::new();
    if let Fact::Known(os) = &facts.system.os {
        parts.push(os.name.clone());
    }
    if let Fact::Known(architecture) = &facts.system.architecture {
        parts.push(architecture.clone());
    }
    if let Fact::Known(platform) = &facts.system.platform {
        let sort = match platform.sort {
            Sort::Hardware => "hardware",
            Sort::Virtual => "virtual machine",
            Sort::Ec2 if !platform.product.contains("EC2") => "on EC2",
            Sort::Ec2 | Sort::Container | Sort::Wsl => "",
        };
        parts.push(format!("{} {sort}", platform.product).trim().to_owned());
    }
    parts.join(", ")
}
