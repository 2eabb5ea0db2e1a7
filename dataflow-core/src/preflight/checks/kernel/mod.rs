//! The kernel's settings.

mod clock_source;
mod delay_accounting;
mod huge_pages;
mod nofile;
mod overcommit;
mod pid_max;
mod swap;
mod threads_max;

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    swap::CHECK,
    huge_pages::CHECK,
    overcommit::CHECK,
    pid_max::CHECK,
    threads_max::CHECK,
    delay_accounting::CHECK,
    clock_source::CHECK,
    nofile::CHECK,
];
