//! The images that containers are to come from: which have to be fetched, and what is known of each before that.

use super::{
    desired::Desired,
    observed::Observed,
    plan::{Action, Plan, Pulls},
    plan_error::PlanError,
    refuse_image,
};
use crate::{
    docker::Image,
    spec::{ContainerSpec, Pull},
};

/// The steps that fetch what is missing, or what `pulls` asks for.
pub(super) fn fetch(
    desired: &Desired,
    observed: &Observed,
    pulls: Pulls,
) -> Result<Plan, PlanError> {
    let mut plan = Plan::default();
    for (container, pull) in [
        (&desired.clickhouse, pulls.clickhouse),
        (&desired.service, pulls.service),
    ] {
        let image = &container.image;
        let present = observed.images.contains_key(&image.to_string());
        let why = match (pull, present) {
            (Pull::Never, false) => {
                return Err(PlanError::ImageMissing {
                    image: image.clone(),
                });
            }
            (Pull::Missing, true)
                if refuse_image::may_be_newer_by_now(desired, observed, container) =>
            {
                "the PBX is newer, and its tag may stand for that version by now"
            }
            (Pull::Never | Pull::Missing, true) => continue,
            (_, false) => "it is not on the server",
            (Pull::Always, true) => "its tag may stand for a newer image",
        };
        let action = Action::Fetch(image.clone());
        if !plan.steps.iter().any(|step| step.action == action) {
            plan.add(action, why);
        }
    }
    Ok(plan)
}

/// The image of a container that is wanted: `None` where it has to be fetched first. One that is there and is fetched again is
/// taken for what it will be.
pub(super) fn known<'a>(
    container: &ContainerSpec,
    observed: &'a Observed,
    fetching: &Plan,
) -> Result<Option<&'a Image>, PlanError> {
    match observed.images.get(&container.image.to_string()) {
        Some(image) => Ok(Some(image)),
        None if is_fetched(container, fetching) => Ok(None),
        None => Err(PlanError::ImageMissing {
            image: container.image.clone(),
        }),
    }
}

/// Whether the image of a container is among those that are fetched.
pub(super) fn is_fetched(container: &ContainerSpec, fetching: &Plan) -> bool {
    let fetch = Action::Fetch(container.image.clone());
    fetching.steps.iter().any(|step| step.action == fetch)
}
