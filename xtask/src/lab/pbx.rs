//! The PBX: REST API on 8887 at several addresses, and the doors that tests use.

use std::time::Duration;

use super::container::Outdated;
use super::images::Ids;
use super::{container, files, http, network, secrets};
use crate::docker::docker;
use crate::failure::{Context, Result};
use crate::{process, wait};

pub(super) const CONTAINER: &str = "dataflow-lab-pbx";
const IMAGE: &str = "dataflow-lab/lab-pbx";
/// The name that signs in.
pub(super) const USER: &str = "admin";
/// File in `target/lab/secrets`: the administrator's password.
pub(super) const PASSWORD: &str = "pbx-admin.password";
/// The same: the authority of its certificates.
pub(super) const AUTHORITY: &str = "pbx-ca.crt";
/// Where the container keeps both.
const KEPT: &str = "/lab";
/// The path below the REST API that generates a token for the service.
pub(super) const TOKEN_PATH: &str = "/lab/dataflow_token";

/// Where tests tell it what to be.
pub(super) fn control() -> String {
    format!("{}:8899", network::PBX)
}

/// Where it stands in for AWS's instance metadata.
pub(super) fn metadata() -> String {
    format!("http://{}:1338", network::PBX)
}

/// Brings it up, and takes over what was generated for it.
pub(super) fn ensure(images: &Ids, outdated: Outdated) -> Result<()> {
    container::ensure(CONTAINER, IMAGE, images, outdated, make)?;
    wait::until("the PBX", Duration::from_secs(30), || {
        http::ask(&control(), "GET", "/controls", "").ok()
    })?;
    let script = format!("cat {KEPT}/admin.password {KEPT}/ca.crt");
    let kept = process::capture(docker().args(["exec", CONTAINER, "sh", "-c", &script]))?;
    let (password, authority) = kept
        .split_once('\n')
        .context("the PBX has no password and no authority")?;
    let directory = files::secrets();
    files::write_private(&directory.join(PASSWORD), &format!("{password}\n"))?;
    files::write_private(&directory.join(AUTHORITY), authority)
}

fn make() -> Result<()> {
    let password = files::secrets().join(PASSWORD);
    if !password.exists() {
        files::write_private(&password, &format!("{}\n", secrets::password()?))?;
    }
    let options = [
        "--hostname=pbx01",
        // For the other addresses.
        "--cap-add=NET_ADMIN",
        &format!(
            "--env=ADDRESSES={} {}",
            network::PBX,
            network::OTHER_PBX.join(" ")
        ),
        &format!("--env=SERVER={}", network::SERVER),
    ];
    let kept = format!("{KEPT}/admin.password");
    container::make(
        CONTAINER,
        network::PBX,
        &options,
        IMAGE,
        &[(&password, &kept)],
    )
}

/// As after an administrator who did by hand what a deployment needs.
pub(super) fn reset() -> Result<()> {
    let by_hand = r#"{"state":"by-hand"}"#;
    http::ask(&control(), "POST", "/reset", by_hand)
        .map(drop)
        .context("the PBX")
}
