//! VPN software: none.

use super::traces;
use crate::{
    facts::{Facts, Unseen, catalogue::Purpose},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "forbidden.vpn",
    group: Group::Forbidden,
    title: "VPN software",
    required: "none",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "The guide forbids VPN software on the Data Flow server: it changes routes and addresses under the service.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let mut traces = traces(facts, Purpose::Vpn);
    traces.see_interfaces(facts);
    traces.outcome(facts)
}
