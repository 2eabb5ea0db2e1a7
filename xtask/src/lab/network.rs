//! The lab's network: addresses reserved for benchmarks, so that they cannot be those of a real network.

use crate::docker::docker;
use crate::failure::Result;
use crate::{process, say};

pub(super) const NAME: &str = "dataflow-lab";
const SUBNET: &str = "198.18.16.0/24";
/// The server that is deployed to.
pub(crate) const SERVER: &str = "198.18.16.158";
/// The registry.
pub(crate) const REGISTRY: &str = "198.18.16.10";
/// The PBX.
pub(super) const PBX: &str = "198.18.16.133";
/// The PBX too: where it can be said to have moved to.
pub(super) const OTHER_PBX: [&str; 2] = ["198.18.16.134", "198.18.16.135"];

pub(super) fn ensure() -> Result<()> {
    if process::succeeds(docker().args(["network", "inspect", NAME])) {
        return Ok(());
    }
    say::line(format!("making network {NAME} ({SUBNET})"));
    process::capture(docker().args([
        "network",
        "create",
        "--subnet",
        SUBNET,
        "--label",
        super::LABEL,
        NAME,
    ]))
    .map(drop)
}
