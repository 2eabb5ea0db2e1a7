//! The lease: what the server keeps of the operation that has its lock.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{host::shown, lifecycle::Operator};

/// The most characters of each text of a lease.
const LONGEST: usize = 120;

/// Who holds the lock of a server, and what for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lease {
    /// The version of this form.
    pub v: u32,
    /// The run, as the journal names it.
    pub run: String,
    /// What is being done.
    pub verb: String,
    /// Who does it, and from where.
    #[serde(flatten)]
    pub operator: Operator,
    /// Since when.
    pub since: Option<Timestamp>,
    /// The step at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

impl Lease {
    /// The version of the form that is written.
    pub(in crate::lifecycle) const VERSION: u32 = 1;

    /// Reads a lease. One that makes no sense is held by somebody unknown: the file alone says that it is held.
    pub(in crate::lifecycle) fn read(line: &str) -> Self {
        let read: Self = serde_json::from_str(line).unwrap_or_default();
        Self {
            step: read.step.as_deref().map(short),
            run: short(&read.run),
            verb: short(&read.verb),
            operator: read.operator.shortened(),
            ..read
        }
    }

    /// The same at another step.
    pub(in crate::lifecycle) fn at(&self, step: &str) -> Self {
        Self {
            step: Some(short(step)),
            ..self.clone()
        }
    }
}

/// A text as a lease has it: short, and fit to be shown.
pub(in crate::lifecycle) fn short(text: &str) -> String {
    shown(text.as_bytes()).chars().take(LONGEST).collect()
}

impl fmt::Display for Lease {
    /// Who, from where, doing what, since when, at which step; as much of it as is known.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operator == Operator::default() && self.verb.is_empty() {
            return f.write_str("somebody who left no name");
        }
        write!(f, "{} (dataflow {}", self.operator, self.verb)?;
        if let Some(since) = self.since {
            write!(f, ", since {}", since.strftime("%Y-%m-%d %H:%M:%S UTC"))?;
        }
        if let Some(step) = &self.step {
            write!(f, ", at the step: {step}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn lease() -> Lease {
        Lease {
            v: Lease::VERSION,
            run: "20261124T114500Z-4f2a".into(),
            verb: "upgrade".into(),
            operator: Operator {
                user: "alice".into(),
                from: "node1".into(),
                pid: 4242,
                login: "pbx".into(),
            },
            since: "2026-11-24T11:45:00Z".parse().ok(),
            step: None,
        }
    }

    #[test]
    fn a_lease_is_one_line_that_reads_back_and_names_its_owner() {
        let lease = lease().at("stop portsip.dataflow");
        let line = serde_json::to_string(&lease).unwrap();
        assert_eq!(Lease::read(&line), lease);
        insta::assert_snapshot!(line, @r#"{"v":1,"run":"20261124T114500Z-4f2a","verb":"upgrade","user":"alice","from":"node1","login":"pbx","pid":4242,"since":"2026-11-24T11:45:00Z","step":"stop portsip.dataflow"}"#);
        insta::assert_snapshot!(lease, @"alice on node1, signed in as pbx (dataflow upgrade, since 2026-11-24 11:45:00 UTC, at the step: stop portsip.dataflow)");
    }

    #[test]
    fn what_is_torn_or_no_lease_is_held_by_somebody_unknown() {
        let whole = serde_json::to_string(&lease()).unwrap();
        for torn in ["", "{", "[]", "null", &whole[..40], "{\"pid\":-1}"] {
            let lease = Lease::read(torn);
            assert_eq!(lease.to_string(), "somebody who left no name", "{torn}");
        }
    }

    #[test]
    fn a_hostile_lease_neither_steers_a_terminal_nor_fills_it() {
        let hostile = format!(
            r#"{{"verb":"run\u001b[2J\nall is well","user":"{}","since":"yesterday"}}"#,
            "x".repeat(100_000)
        );
        let shown = Lease::read(&hostile).to_string();
        assert!(shown.len() < 1000, "{} bytes", shown.len());
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }

    proptest! {
        #[test]
        fn any_text_can_be_read_and_shown(text in ".{0,300}") {
            let shown = Lease::read(&text).to_string();
            prop_assert!(!shown.chars().any(char::is_control));
        }

        #[test]
        fn any_names_can_be_read_and_shown(user in ".{0,300}", verb in ".{0,300}", step in ".{0,300}") {
            let line = serde_json::json!({"user": user, "verb": verb, "step": step}).to_string();
            let lease = Lease::read(&line);
            prop_assert!(serde_json::to_string(&lease).unwrap().len() < 4096);
            prop_assert!(!lease.to_string().chars().any(char::is_control));
        }
    }
}
