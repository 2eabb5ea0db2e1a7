//! The PBX's whitelist, as far as an operation changes it.

use std::net::IpAddr;

use super::{
    desired::Desired,
    observed::Observed,
    plan::{Action, Plan},
};
use crate::{
    pbx::{
        NewFilter, Pbx, PbxError, Seen,
        whitelist::{Standing, WhitelistChange, changes, judge},
    },
    spec::{ServerIp, Spec},
};

/// The addresses from which the PBX hears the server.
fn addresses(spec: &Spec) -> Vec<IpAddr> {
    let both = [spec.private_ip(), spec.public_ip()];
    both.into_iter().flatten().map(ServerIp::get).collect()
}

/// How the entries of this program call the server.
fn name(spec: &Spec) -> String {
    let ip = spec.private_ip().or(spec.public_ip());
    ip.map(|ip| ip.to_string()).unwrap_or_default()
}

/// The steps that put the server on the whitelist, or have it stay there. What was not asked, or not answered, changes nothing.
pub(super) fn steps(desired: &Desired, observed: &Observed, plan: &mut Plan) {
    let Seen::Known(entries) = &observed.pbx.whitelist else {
        return;
    };
    let spec = &desired.spec;
    for change in changes(entries, &addresses(spec), observed.now, &name(spec)) {
        // An entry that was renewed is as good as before, and longer.
        let undo = match &change {
            WhitelistChange::Add { filter, .. } => Some(Action::TakeBack(Box::new(filter.clone()))),
            WhitelistChange::Renew { .. } => None,
        };
        let why = change.cause();
        plan.add(Action::Whitelist(Box::new(change)), why).undo = undo;
    }
}

/// What is wrong with the whitelist that no step mends: entries of other people that keep the server out.
pub(super) fn warnings(spec: &Spec, observed: &Observed) -> Vec<String> {
    let Seen::Known(entries) = &observed.pbx.whitelist else {
        return Vec::new();
    };
    addresses(spec)
        .into_iter()
        .filter_map(|address| match judge(entries, address, observed.now) {
            standing @ Standing::Denied { .. } => Some(format!(
                "{address} on the PBX's list: {standing}; whoever made that entry knows whether it can go"
            )),
            _ => None,
        })
        .collect()
}

/// Removes the entry that was made for this, if it is there.
pub(super) async fn take_back(pbx: &Pbx, made: &NewFilter) -> Result<(), PbxError> {
    let entries = pbx.whitelist().await?;
    let is_made = entries.iter().find(|entry| {
        entry.is_ours()
            && entry.cidr == *made.cidr()
            && entry.expire_at == Some(made.expire_at())
            && entry.description == made.description()
    });
    match is_made {
        Some(entry) => pbx.destroy(&entry.id).await,
        None => Ok(()),
    }
}
