//! The journal: what was done to a server, by whom, why and with what outcome. One file for each run, on the server and, as a
//! copy, where the program runs.

mod copy;
mod history;
mod record;
mod run_id;

pub(super) use copy::Copy;
pub(super) use history::parse as read_run;
pub use history::{Outcome, PastRun, PastStep};
pub(super) use record::Ending;
pub(super) use record::{Begun, Record, What, now};
pub use run_id::{NotARun, RunId};
