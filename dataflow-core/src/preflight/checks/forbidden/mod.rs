//! What must not be there.

mod dhcp_server;
mod dns_server;
mod portsip_roles;
mod postgresql;
mod remote_access;
mod traces;
mod vpn;

use traces::traces;

use crate::preflight::Check;

/// The checks, in the order of the report.
pub(super) static CHECKS: &[Check] = &[
    postgresql::CHECK,
    remote_access::CHECK,
    vpn::CHECK,
    dns_server::CHECK,
    dhcp_server::CHECK,
    portsip_roles::CHECK,
];
