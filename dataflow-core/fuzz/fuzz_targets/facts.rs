//! Whatever a machine answers: facts are made of it, can be recorded and read again, and judged; none of it panics.

#![no_main]

use dataflow_core::{
    facts::Facts,
    preflight::{Expectations, judge, render},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|answer: &[u8]| {
    let facts = Facts::of_probe(answer, "server", "/var/lib/portsip");
    let json = facts.to_json().unwrap();
    assert_eq!(facts, Facts::from_json(&json).unwrap());
    let report = judge(&facts, &Expectations::default()).unwrap();
    assert_eq!(report.counts.crashed, 0);
    let _ = render::plain(&report);
    let _ = render::junit([Ok(&report)]);
    let _ = render::markdown([Ok(&report)]);
});
