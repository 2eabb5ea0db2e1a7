//! DNS server: not one.

use super::traces;
use crate::{
    facts::{Facts, Unseen, catalogue::Purpose},
    preflight::{Check, Expectations, Group, Outcome},
};

pub(super) const CHECK: Check = Check {
    id: "forbidden.dns-server",
    group: Group::Forbidden,
    title: "DNS server",
    required: "not one",
    source: "guide: Step 1, Prepare the Linux Server",
    why: "The guide forbids that the machine acts as a DNS server. The stub of systemd-resolved on the loopback interface is none.",
    judge,
};

fn judge(facts: &Facts, _: &Expectations) -> Result<Outcome, Unseen> {
    let mut traces = traces(facts, Purpose::DnsServer);
    traces.see_listeners(facts, |listener| {
        listener.port == 53
            && !listener.address.is_loopback()
            && !listener
                .program
                .as_deref()
                .is_some_and(|program| program.starts_with("systemd-resolve"))
    });
    traces.outcome(facts)
}
