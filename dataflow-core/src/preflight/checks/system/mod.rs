//! The operating system.

mod os_release;
mod os_same_as_pbx;
mod platform;
mod power_governor;
mod power_sleep;
mod power_tuned;
mod reboot;
mod time_skew;
mod time_sync;
mod updates;

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    os_release::CHECK,
    os_same_as_pbx::CHECK,
    platform::CHECK,
    updates::CHECK,
    reboot::CHECK,
    time_sync::CHECK,
    time_skew::CHECK,
    power_governor::CHECK,
    power_sleep::CHECK,
    power_tuned::CHECK,
];
