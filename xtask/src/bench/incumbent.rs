//! The incumbent's figures: the vendor's script `dataflow_ctl.sh`, run unmodified on a lab server of the same kind (Debian 12, two
//! cores, Docker 20.10, Compose 2.26) with stand-in images of the same kind. Constants: the script is not run here.
//!
//! Where it was measured several times, the figure that is best for it. Where ClickHouse was down more than once, the sum.

use super::limits::UPGRADE_GAP;
use super::report::{Must, Row, Unit};

/// An operation: how long it takes, and what those who use the service notice.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) time: Row,
    pub(super) gap: Row,
    pub(super) down: Row,
}

pub(super) const RUN_PULLING: Row = seconds("run, empty host, images pulled", 55.8);
pub(super) const RUN_EMPTY: Row = seconds("run, empty host, images present", 35.0);
pub(super) const RUN_AFTER_RM: Row = seconds("run after rm, data kept", 35.0);
pub(super) const STATUS_RUNNING: Row = seconds("status, running", 2.7);
pub(super) const STATUS_RUNNING_CODE: Row = code("status, running: exit code", 0.0, 0.0);
pub(super) const STATUS_STOPPED: Row = seconds("status, stopped", 3.0);
pub(super) const STATUS_STOPPED_CODE: Row = code("status, stopped: not running", 0.0, 1.0);
pub(super) const STATUS_REMOVED_CODE: Row = code("status after rm: nothing there", 0.0, 1.0);
pub(super) const STOP: Row = seconds("stop", 5.2);
pub(super) const STOP_AGAIN_CODE: Row = code("stop again", 0.0, 0.0);
pub(super) const START: Row = seconds("start", 14.0);
pub(super) const RM: Row = seconds("rm", 3.5);
pub(super) const RM_AGAIN_CODE: Row = code("rm again", 0.0, 0.0);
pub(super) const START_AFTER_RM: Row = seconds("start after rm: refused", 2.8);
/// 3 stands for "preconditions not met".
pub(super) const START_AFTER_RM_CODE: Row = code("start after rm", 1.0, 3.0);
pub(super) const UPGRADE_AFTER_RM: Row = seconds("upgrade after rm: refused", 2.6);
pub(super) const UPGRADE_AFTER_RM_CODE: Row = code("upgrade after rm", 1.0, 3.0);
pub(super) const UNKNOWN_VERB: Row = seconds("unknown verb", 2.2);
pub(super) const UNKNOWN_VERB_CODE: Row = code("unknown verb: usage", 0.0, 2.0);
/// 2 under dash.
pub(super) const NO_VERB_CODE: Row = code("no verb: usage", 255.0, 2.0);
pub(super) const OTHER_DIRECTORY_CODE: Row = code("status from another directory", 2.0, 0.0);

pub(super) const RESTART: Operation = Operation {
    time: seconds("restart", 18.2),
    gap: seconds("restart: without rows", 16.3),
    down: seconds("restart: without ClickHouse", 4.0),
};
pub(super) const RUN_AGAIN: Row = seconds("run again, same arguments", 39.0);
pub(super) const RUN_AGAIN_DOWN: Row =
    nothing_of("run again: without ClickHouse", Unit::Seconds, 2.1);
/// ClickHouse, twice.
pub(super) const RUN_AGAIN_TOUCHED: Row =
    nothing("run again: containers replaced or restarted", 2.0);
pub(super) const UPGRADE_SERVICE: Operation = Operation {
    time: seconds("upgrade -i :22.4, one tiny layer", 39.7),
    gap: gap("upgrade -i :22.4: without rows", 36.8),
    down: nothing_of("upgrade -i :22.4: without ClickHouse", Unit::Seconds, 2.8),
};
/// It deletes the image that ran before, so that going back needs a pull.
pub(super) const UPGRADE_OLD_IMAGE: Row = nothing("upgrade: old service images deleted", 1.0);
/// Without options it takes the image that was recorded first, and so goes back to an older version.
pub(super) const UPGRADE_BARE: Operation = Operation {
    time: seconds("upgrade, no option", 39.1),
    gap: gap("upgrade, no option: without rows", 36.3),
    down: nothing_of("upgrade, no option: without ClickHouse", Unit::Seconds, 3.2),
};
pub(super) const UPGRADE_BARE_IMAGES: Row = nothing("upgrade, no option: images taken back", 1.0);
pub(super) const UPGRADE_BIG: Operation = Operation {
    time: seconds("upgrade -i :big, one big layer", 44.5),
    gap: gap("upgrade -i :big: without rows", 42.6),
    down: nothing_of("upgrade -i :big: without ClickHouse", Unit::Seconds, 8.3),
};
pub(super) const UPGRADE_BOTH: Operation = Operation {
    time: seconds("upgrade -i -d", 37.9),
    gap: gap("upgrade -i -d: without rows", 34.9),
    down: seconds("upgrade -i -d: without ClickHouse", 2.2),
};
pub(super) const UPGRADE_BOTH_IMAGES: Row = count("upgrade -i -d: images changed of 2", 1.0, 2.0);
pub(super) const UPGRADE_BOTH_TURNED: Operation = Operation {
    time: seconds("upgrade -d -i", 39.2),
    gap: gap("upgrade -d -i: without rows", 35.3),
    down: seconds("upgrade -d -i: without ClickHouse", 2.6),
};
pub(super) const UPGRADE_BOTH_TURNED_IMAGES: Row =
    count("upgrade -d -i: images changed of 2", 0.0, 2.0);
pub(super) const DOCKERD_RESTART: Row = seconds("restart of dockerd: without rows", 20.0);

// What the first `run` changes on the host; none of it is undone by `rm`.
pub(super) const HOST_PACKAGES: Row = nothing("run: packages changed", 1.0);
pub(super) const HOST_UNITS: Row = nothing("run: systemd units masked or disabled", 5.0);
/// One new setting, three masks, three links of units and four of run levels gone or renamed, one mode.
pub(super) const HOST_ETC: Row = nothing("run: files changed in /etc", 12.0);
pub(super) const HOST_FILES: Row = nothing("run: files outside data and Docker", 4.0);
pub(super) const HOST_VOLUMES: Row = nothing("run: volumes made", 3.0);
/// Every verb removes the package and disables the units first.
pub(super) const HOST_STATUS: Row = nothing("status: things changed on the host", 6.0);
pub(super) const HOST_LEFT: Row = nothing("rm: changes of the host left behind", 22.0);

pub(super) const SHOWN_PASSWORD: Row = nothing("database password: lines of output", 1.0);
pub(super) const SHOWN_TOKEN: Row = nothing("registry token: lines of output", 1.0);
pub(super) const SECRET_PROCESSES: Row = nothing("secrets: processes that show one", 3.0);
pub(super) const SECRET_FILES: Row = nothing("secrets: files that all may read", 2.0);
pub(super) const SECRET_EVENTS: Row =
    nothing("secrets: Docker events, for each initialisation", 1.0);
pub(super) const SECRET_SIGN_INS: Row = nothing("secrets: registry sign-ins kept on the host", 1.0);
/// The vendor's image takes it from there, so it has to be there.
pub(super) const SECRET_INSPECT: Row =
    count("database password: in ClickHouse's environment", 1.0, 1.0);

const fn seconds(what: &'static str, incumbent: f64) -> Row {
    row(what, Unit::Seconds, incumbent, Must::BeLess)
}

const fn gap(what: &'static str, incumbent: f64) -> Row {
    row(what, Unit::Seconds, incumbent, Must::BeAtMost(UPGRADE_GAP))
}

const fn code(what: &'static str, incumbent: f64, wanted: f64) -> Row {
    row(what, Unit::ExitCode, incumbent, Must::Be(wanted))
}

const fn count(what: &'static str, incumbent: f64, wanted: f64) -> Row {
    row(what, Unit::Count, incumbent, Must::Be(wanted))
}

const fn nothing(what: &'static str, incumbent: f64) -> Row {
    nothing_of(what, Unit::Count, incumbent)
}

const fn nothing_of(what: &'static str, unit: Unit, incumbent: f64) -> Row {
    row(what, unit, incumbent, Must::Be(0.0))
}

const fn row(what: &'static str, unit: Unit, incumbent: f64, must: Must) -> Row {
    Row {
        what,
        unit,
        incumbent,
        must,
    }
}
