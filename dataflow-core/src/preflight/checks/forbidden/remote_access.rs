//! Remote access tools: none.

use super::traces;
use crate::{
    facts::{Facts, Protocol, Unseen, catalogue::Purpose},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "forbidden.remote-access",
    group: Group::Forbidden,
    title: "Remote access tools",
    required: "none",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "The guide forbids TeamViewer and similar tools. SSH is how the server is looked after; Amazon's SSM agent is part of every Ubuntu image of EC2 and is left alone.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let mut traces = traces(facts, Purpose::RemoteAccess);
    traces.see_listeners(facts, |listener| {
        listener.protocol == Protocol::Tcp && matches!(listener.port, 3389 | 5900..=5909)
    });
    traces.outcome(facts)
}
