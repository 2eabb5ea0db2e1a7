//! What the end-to-end tests need: the lab they run on, the program they run, waiting, and text that compares from run to run.
//!
//! A test that cannot get what it needs has nothing to go on with, so these functions panic and say what was missing.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test reports"
)]

mod cases;
mod footprint;
#[path = "../../xtask/src/lab/http.rs"]
mod http;
mod ignored;
mod keys;
mod lab;
mod machine;
mod panel;
mod panel_api;
mod pbx;
mod pbx_node;
mod program;
mod running;
mod server;
mod setting;
pub mod shape;
mod sshd;
mod stable;
mod terminal;
mod trouble;
mod wait;

pub use cases::refused;
pub use footprint::Footprint;
pub use ignored::{OF_THE_MACHINE, ignoring};
pub use keys::{Agent, Key, make_key};
pub use lab::{Lab, Registry, RegistryCut, RegistrySlowed, Server, User};
pub use machine::Machine;
pub use panel::Panel;
pub use panel_api::Answer;
pub use pbx::{IpFilter, LabPbx, PbxRequest};
pub use program::{Ended, Program};
pub use running::Running;
pub use server::{CLICKHOUSE, SERVICE};
pub use setting::Setting;
pub use sshd::Sshd;
pub use stable::stable;
pub use terminal::{Left, Terminal};
pub use trouble::ELSEWHERE;
pub use wait::wait_until;
