//! All checks, one file each.

mod account;
mod aws;
mod docker;
mod forbidden;
mod hardware;
mod kernel;
mod network;
mod system;

use super::Check;

/// All checks, in the order of the report.
pub fn all() -> impl Iterator<Item = &'static Check> {
    [
        hardware::CHECKS,
        system::CHECKS,
        kernel::CHECKS,
        account::CHECKS,
        network::CHECKS,
        aws::CHECKS,
        forbidden::CHECKS,
        docker::CHECKS,
    ]
    .into_iter()
    .flatten()
}
