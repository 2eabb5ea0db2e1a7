//! The steps of the PBX's web portal, for those who do them by hand.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::pbx::IpFilter;

/// The name under which the vendor's guide enters the server.
const DESCRIPTION: &str = "Data Flow Server";

const SIGN_IN: &str = "Sign in to the PBX web portal as system administrator.";

/// How to put an address on the whitelist, which the portal keeps in its blacklist.
pub(super) fn whitelist(address: IpAddr, until: Timestamp) -> Vec<String> {
    let mask = if address.is_ipv4() { 32 } else { 128 };
    vec![
        SIGN_IN.to_owned(),
        "Open IP Blacklist and click Add.".to_owned(),
        format!(
            "Enter: IP Address {address}, Subnet Mask /{mask}, Action Allow, Description {DESCRIPTION}, Expiration Date {}.",
            until.strftime("%Y-%m-%dT%H:%M:%S%:z")
        ),
        "Save it.".to_owned(),
    ]
}

/// How to let addresses through that somebody keeps out.
pub(super) fn allow(denied: &IpFilter) -> Vec<String> {
    vec![
        SIGN_IN.to_owned(),
        format!(
            "Open IP Blacklist and look at the entry {denied}: whoever made it knows whether it can go. This program leaves it alone."
        ),
    ]
}

/// How to have a token generated.
pub(super) fn token() -> Vec<String> {
    vec![
        SIGN_IN.to_owned(),
        "Open Servers > Data Flow, select the default server and click Generate Token.".to_owned(),
    ]
}
