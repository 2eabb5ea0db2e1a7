//! The lock of a server: a lease that one operation has at a time, and that ends by itself when its owner is gone.
//!
//! A small script, the keeper, runs on the server as long as an operation does. It takes the lease, writes the journal, and
//! lets the lease go when its input ends, which it does when the owner is killed or the connection breaks. An owner that is
//! silent for [`EXPIRY`] has lost the lease to the next one that asks; should it come back, it is told so.

mod heard;
mod keeper;
mod lease;

use std::time::Duration;

use crate::spec::KEPT_IN;

pub(super) use keeper::{Answer, Keeper};
pub use lease::Lease;
pub(super) use lease::short;

/// After this time without a heartbeat an owner counts as gone.
const EXPIRY: Duration = Duration::from_secs(30);

/// How many runs the journal holds.
pub(super) const RUNS: usize = 200;

/// Where a keeper keeps things, and by which rules.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) directory: String,
    pub(super) expiry: Duration,
    pub(super) runs: usize,
    /// Time between two heartbeats.
    pub(super) beat: Duration,
    /// How long after the keeper's last yes the lease is surely still there.
    pub(super) sure: Duration,
    /// Whether it takes root to write there.
    pub(super) root: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            directory: KEPT_IN.to_owned(),
            expiry: EXPIRY,
            runs: RUNS,
            beat: Duration::from_secs(5),
            sure: Duration::from_secs(20),
            root: true,
        }
    }
}

/// The part of a script that prints the live lease, if there is one, as `lease {…}`, and what is remembered as
/// `deployment {…}`.
pub(super) fn reading() -> String {
    format!(
        r#"heard=$(stat -c %Y {KEPT_IN}/lease.json 2>/dev/null) && silent=$(($(date +%s) - heard)) &&
test "$silent" -le {expiry} && test "$silent" -ge -{expiry} && echo "lease $(head -c 4096 {KEPT_IN}/lease.json | tr -d '\000' | head -n 1)"
test ! -f {KEPT_IN}/deployment.json || echo "deployment $(head -c 65536 {KEPT_IN}/deployment.json | tr -d '\000' | head -n 1)"
"#,
        expiry = EXPIRY.as_secs()
    )
}
