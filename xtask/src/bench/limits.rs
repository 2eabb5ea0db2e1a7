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

/// With the checks of the machine before it: a second command, beside which the other questions are asked.
pub(super) const RUN_WITH_CHECKS: Limit = ratio(
    "run without changes, checks too / ssh HOST true",
    2.0,
    "the checks share the session",
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

/// What the machine itself takes to start the programs that the facts come from.
pub(super) const PREFLIGHT_LOCAL: Limit = Limit {
    what: "dataflow-preflight on this machine",
    unit: Unit::Milliseconds,
    most: Some(60.0),
    why: "one script, three parts at the same time",
};

pub(super) const MEMORY_PREFLIGHT: Limit = Limit {
    what: "peak memory: dataflow-preflight",
    unit: Unit::Megabytes,
    most: Some(12.0),
    why: "neither SSH nor Docker's API inside",
};

pub(super) const PREFLIGHT: Limit = ratio(
    "preflight over SSH / ansible -m setup",
    0.125,
    "8 times faster: no Python, nothing sent but a script",
);

pub(super) const PREFLIGHT_HANDSHAKES: Limit = Limit {
    what: "preflight over SSH: handshakes",
    unit: Unit::Count,
    most: Some(1.0),
    why: "one session for all of it",
};

/// The second is for those whom sudo refuses.
pub(super) const PREFLIGHT_CHANNELS: Limit = Limit {
    what: "preflight over SSH: exec channels",
    unit: Unit::Count,
    most: Some(2.0),
    why: "one script reads everything",
};

pub(super) const PREFLIGHT_MANY: Limit = ratio(
    "preflight, 50 servers / 50 ssh clients",
    0.8,
    "one process signs in to all",
);

pub(super) const ANSIBLE: Limit = Limit {
    why: "ansible-core 2.19, pipelining, same sshd on loopback, same user",
    ..beside("ansible -m setup")
};

pub(super) const CLIENTS: Limit = Limit {
    why: "OpenSSH, the same command on the same 50 sshd's on loopback",
    ..beside("50 ssh clients at once")
};

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

pub(super) const KEPT: Limit = Limit {
    unit: Unit::Count,
    why: "journal and what is remembered; in no other row",
    ..beside("files kept in /var/lib/dataflow on purpose")
};

pub(super) const SECRET_KEPT: Limit = no_secret("secrets: files in /var/lib/dataflow");
pub(super) const SECRET_COPIES: Limit = no_secret("secrets: copies of the journal on this machine");

const fn no_secret(what: &'static str) -> Limit {
    Limit {
        what,
        unit: Unit::Count,
        most: Some(0.0),
        why: "no secret is recorded or remembered",
    }
}

/// Where a person begins to notice is far above; a page that is late by this is held up by something.
const PAGE: f64 = 20.0;

pub(super) const PAGES_QUIET: Limit = pages("panel's pages, p99: nobody else");
pub(super) const PAGES_WATCHED: Limit = pages("panel's pages, p99: deploy, 1,000 viewers");
pub(super) const PAGES_DRIBBLED: Limit = pages("panel's pages, p99: 500 dribble a header");
pub(super) const PAGES_HEADERS: Limit = pages("panel's pages, p99: headers of a megabyte");
pub(super) const PAGES_BODIES: Limit = pages("panel's pages, p99: bodies of a gigabyte");
pub(super) const PAGES_GUESSED: Limit = pages("panel's pages, p99: 10,000 bad sign-ins");

const fn pages(what: &'static str) -> Limit {
    Limit {
        what,
        unit: Unit::Milliseconds,
        most: Some(PAGE),
        why: "pages come from memory, whatever others do",
    }
}

pub(super) const PANEL_MEMORY: Limit = Limit {
    most: Some(64.0),
    why: "an event is held once, however many watch",
    ..memory("peak memory: panel, deploy, 1,000 viewers")
};

pub(super) const PANEL_MEMORY_IN_ALL: Limit = Limit {
    most: Some(192.0),
    why: "a password that is verified at a time, and what the allocator keeps of the crowd",
    ..memory("peak memory: panel, after all that was done to it")
};

pub(super) const EVENTS: Limit = Limit {
    unit: Unit::Count,
    why: "told to each viewer",
    ..beside("events of the deploy")
};

pub(super) const EVENTS_LOST: Limit = Limit {
    what: "events lost, all viewers together",
    unit: Unit::Count,
    most: Some(0.0),
    why: "each viewer's numbers have no gap",
};

pub(super) const HELLO: Limit = Limit {
    unit: Unit::PerSecond,
    why: "axum with one route, in turns with the panel",
    ..beside("a server that says hello")
};

pub(super) const API: Limit = Limit {
    unit: Unit::PerSecond,
    why: "with a token, on 64 connections; who asks shares the processors",
    ..beside("panel's API from its cache")
};

pub(super) const API_REQUESTS: Limit = Limit {
    what: "20,000 requests to the panel's API",
    unit: Unit::Seconds,
    most: Some(1.0),
    why: "an answer is made once for all who ask",
};

pub(super) const API_BESIDE_HELLO: Limit = ratio(
    "a server that says hello / panel's API",
    2.0,
    "the token, the name and an answer of some KB are all that is more",
);

pub(super) const GUESSES: Limit = Limit {
    unit: Unit::Count,
    why: "from 250 addresses, for one name that is there and many that are not",
    ..beside("bad sign-ins")
};

pub(super) const CHANGED_BY_GUESSES: Limit = Limit {
    what: "let in, users changed, or refused in their own browser",
    unit: Unit::Count,
    most: Some(0.0),
    why: "who guesses holds up nobody else",
};

/// A figure to read the others by.
pub(super) const fn beside(what: &'static str) -> Limit {
    Limit {
        what,
        unit: Unit::Seconds,
        most: None,
        why: "",
    }
}
