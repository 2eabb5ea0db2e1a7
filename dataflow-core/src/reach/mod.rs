//! Whether the server and the PBX reach each other, and what to add to a firewall where they do not.

mod here;
mod remedy;

pub(crate) use here::is_here;
pub use remedy::{SecurityGroup, firewall_rule, security_group_rule};
