//! The token by which the PBX knows the server: whether it has to be delivered.

use super::{
    desired::Desired,
    execute::TOKEN_MODE,
    observed::Observed,
    plan::{Action, Change, Plan},
};
use crate::spec::Spec;

/// Why the service is made anew where a token is delivered: it reads the token when it starts.
pub(super) const DELIVERED: &str = "its token is delivered anew";

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
