//! DHCP server: not one.

use super::traces;
use crate::{
    facts::{Facts, Protocol, Unseen, catalogue::Purpose},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "forbidden.dhcp-server",
    group: Group::Forbidden,
    title: "DHCP server",
    required: "not one",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "The guide forbids that the machine acts as a DHCP server.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let mut traces = traces(facts, Purpose::DhcpServer);
    traces.see_listeners(facts, |listener| {
        listener.protocol == Protocol::Udp && matches!(listener.port, 67 | 547)
    });
    traces.outcome(facts)
}
