//! The token by which the PBX knows the server: whether it has to be delivered.

use super::{
    desired::Desired,
    execute::TOKEN_MODE,
    observed::Observed,
    plan::{Action, Change, Plan},
};
use crate::{
    docker::Container,
    spec::{Spec, TOKEN_LABEL},
};

/// Why the service is made anew though its settings are as wanted, if it has to be: it reads the token when it starts. One that does
/// not say with which it was made is from before that, or from a run that was interrupted.
pub(super) fn why_anew(
    desired: &Desired,
    observed: &Observed,
    found: &Container,
) -> Option<&'static str> {
    let mut delivery = Plan::default();
    step(desired, observed, &mut delivery);
    if !delivery.is_empty() {
        Some("its token is delivered anew")
    } else if observed.token.is_some() && !found.labels.contains_key(TOKEN_LABEL) {
        Some("it was made without its token")
    } else {
        None
    }
}

/// The step that delivers the token, where one is given, a place for it is known, and it is not there as it should be.
pub(super) fn step(desired: &Desired, observed: &Observed, plan: &mut Plan) {
    let spec = &desired.spec;
    let (Some(token), Some(path)) = (spec.token(), spec.token_file()) else {
        return;
    };
    let wanted = token.fingerprint();
    let owner = desired.release.service_owner;
    let (why, changes) = match &observed.token {
        None => ("the service has no token yet", Vec::new()),
        Some(there) if there.fingerprint != wanted => {
            let change = Change {
                setting: "token".to_owned(),
                now: Some(there.fingerprint.to_string()),
                wanted: Some(wanted.to_string()),
            };
            ("it is another token", vec![change])
        }
        Some(there) if there.mode != TOKEN_MODE || there.owner != owner => {
            let now = format!("{:04o} {}", there.mode, there.owner);
            let change = Change {
                setting: path.clone(),
                now: Some(now),
                wanted: Some(format!("{TOKEN_MODE:04o} {owner}")),
            };
            ("its file is not the service's alone", vec![change])
        }
        Some(_) => return,
    };
    let action = Action::DeliverToken {
        path,
        fingerprint: wanted,
    };
    plan.add(action, why).changes = changes;
}

/// What is worth telling of a token that is given and goes nowhere.
pub(super) fn warning(spec: &Spec) -> Option<String> {
    let token = spec.token().filter(|_| spec.token_file().is_none())?;
    Some(format!(
        "the token {} is not delivered: no place is set where the service looks for it (deliver-as under [token]); it only counts that another token has the service made anew",
        token.fingerprint()
    ))
}
