//! The security group of the PBX nodes, on AWS.

use super::{Known, Prerequisite, State};
use crate::{
    facts::Aws,
    pbx::Seen,
    preflight::{self, find, finding},
    spec::Spec,
};

/// The check of the preflight that has the rule.
const CHECK: &str = "aws.security-group";

/// Nothing where the server is not on AWS, or it is not known what it is.
pub(super) fn item(spec: &Spec, known: &Known) -> Option<Prerequisite> {
    let Seen::Known(facts) = &known.server else {
        return None;
    };
    if let Aws::NotAsked(_) = facts.aws {
        return None;
    }
    let check = find(CHECK).ok()?;
    let found = finding(check, facts, &spec.expectations());
    let state = match found.state {
        preflight::State::Error | preflight::State::Warning => State::Wrong,
        // That the group is the same does not say that it has the rule.
        _ => State::NotChecked,
    };
    let title = "Security group of the PBX nodes";
    Some(Prerequisite::new(CHECK, title, state, found.seen).remedied(found.remedy))
}
