//! Deploys a PortSIP Data Flow server and looks after it.

mod explain;
pub mod host;

pub use explain::{Explain, Kind};
