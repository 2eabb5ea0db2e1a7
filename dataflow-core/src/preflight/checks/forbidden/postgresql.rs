//! PostgreSQL: not installed.

use super::traces;
use crate::{
    facts::{Facts, Unseen, catalogue::Purpose},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "forbidden.postgresql",
    group: Group::Forbidden,
    title: "PostgreSQL",
    required: "not installed",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "The guide forbids PostgreSQL on the Data Flow server: as a package, a process, a container or somebody who listens on 5432. Its client alone is fine.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let mut traces = traces(facts, Purpose::PostgreSql);
    traces.see_listeners(facts, |listener| listener.port == 5432);
    traces.see_containers(facts, |container| container.image.contains("postgres"));
    traces.outcome(facts)
}
