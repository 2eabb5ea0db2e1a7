//! What the program promises, and why each limit is where it is. `bench --check` holds it to all of them.

use serde::Serialize;

use super::report::Unit;

/// A figure that has an upper limit of its own, not taken from the incumbent.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Limit {
    pub(super) what: &'static str,
    pub(super) unit: Unit,
    /// The most that is allowed; `None` for a figure that is only printed beside the others.
    pub(super) most: Option<f64>,
    /// Why this and not more.
    pub(super) why: &'static str,
}

/// A bare `ssh HOST true` opens a session and asks PAM and logind for one process. Looking needs neither.
pub(super) const STATUS: Limit = ratio(
    "status / ssh HOST true",
    0.6,
    "status opens no exec channel",
);

/// It asks for one process too, with sudo, and for the containers and images.
pub(super) const RUN_WITHOUT_CHANGES: Limit = ratio(
    "run without changes / ssh HOST true",
    1.2,
    "one exec channel, and a few requests to Docker",
);

/// Three steps wait for something that is no container's own start: ClickHouse to stay up, the service to stay up, and the last look.
pub(super) const DEPLOY: Limit = Limit {
    what: "deploy, beyond the containers' own start-up",
    unit: Unit::Seconds,
    most: Some(3.0),
    why: "looking, making containers, and seeing the service stay up",
};

/// The longest time without a row in an upgrade, in seconds: stop, initialise, start. A pull is never part of it.
pub(super) const UPGRADE_GAP: f64 = 4.0;

const MEMORY: f64 = 24.0;

pub(super) const MEMORY_STATUS: Limit = memory("peak memory: status");
pub(super) const MEMORY_RUN: Limit = memory("peak memory: run without changes");
pub(super) const MEMORY_DEPLOY: Limit = memory("peak memory: deploy");
pub(super) const MEMORY_UPGRADE: Limit = memory("peak memory: upgrade");

/// Small enough to run beside everything else on the smallest machine an operator signs in from.
const fn memory(what: &'static str) -> Limit {
    Limit {
        what,
        unit: Unit::Megabytes,
        most: Some(MEMORY),
        why: "nothing is held that could be streamed",
    }
}

const fn ratio(what: &'static str, most: f64, why: &'static str) -> Limit {
    Limit {
        what,
        unit: Unit::Ratio,
        most: Some(most),
        why,
    }
}

/// A figure to read the others by.
pub(super) const fn beside(what: &'static str) -> Limit {
    Limit {
        what,
        unit: Unit::Seconds,
        most: None,
        why: "",
    }
}
