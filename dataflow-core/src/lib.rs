//! Deploys a PortSIP Data Flow server and looks after it.

mod explain;

#[cfg(feature = "docker")]
pub mod docker;
pub mod facts;
pub mod host;
#[cfg(feature = "docker")]
pub mod lifecycle;
#[cfg(feature = "pbx")]
pub mod pbx;
pub mod preflight;
#[cfg(feature = "pbx")]
pub mod prerequisites;
pub mod reach;
pub mod spec;

pub use explain::{Explain, Kind};
