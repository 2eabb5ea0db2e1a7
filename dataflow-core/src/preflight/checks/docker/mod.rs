//! Docker.

mod data_root;
mod engine;
mod storage;
mod version;

use crate::facts::{Engine, Facts, Unseen};

/// What the engine says of itself; `None` where there is no Docker.
fn engine(facts: &Facts) -> Result<Option<&Engine>, Unseen> {
    if facts.docker.installed {
        facts.docker.engine.get().map(Some)
    } else {
        Ok(None)
    }
}

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    engine::CHECK,
    version::CHECK,
    storage::CHECK,
    data_root::CHECK,
];
