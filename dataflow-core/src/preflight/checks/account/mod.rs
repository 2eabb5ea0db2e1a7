//! The user.

mod docker;
mod sudo;
mod user;

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[user::CHECK, sudo::CHECK, docker::CHECK];
