//! Which images may not take the place of what is deployed. Judged when they are there, and before anything is touched.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{
    desired::Desired,
    observed::{Observed, current},
    plan_error::PlanError,
};
use crate::{
    docker::Image,
    pbx::Seen,
    spec::{ContainerSpec, ImageRef, Version},
};

/// By how much newer than what is deployed ClickHouse may be, in months. Its developers see to it that data and settings can be
/// carried over that far.
const JUMP: u64 = 12;

/// An image that can't be used, or not for what is deployed.
pub(super) fn unfit(
    desired: &Desired,
    observed: &Observed,
    wanted: &ContainerSpec,
    image: &Image,
) -> Result<(), PlanError> {
    let release = &desired.release;
    if wanted.name == release.service_name {
        let label = image.labels.get(release.version_label);
        let version = release.image_version(&wanted.image, label.map(String::as_str))?;
        unlike_pbx(desired, observed, wanted, &version)?;
    }
    let label = release.version_label;
    let told = |labels: &BTreeMap<String, String>, image: Option<&ImageRef>| Told {
        label: labels.get(label).and_then(|label| label.parse().ok()),
        tag: image.and_then(ImageRef::tag).map(str::to_owned),
    };
    let new = told(&image.labels, Some(&wanted.image));
    let found = current(&observed.containers, &wanted.name);
    let old = match found {
        Some(found) => told(&found.labels, found.image.parse().ok().as_ref()),
        None => match last_image(desired, observed, wanted) {
            Some(image) => told(&BTreeMap::new(), Some(&image)),
            None => return Ok(()),
        },
    };
    let is = if found.is_some() { "is" } else { "was" };
    if !desired.spec.allows_downgrade()
        && let Some((version, deployed)) = new.older_than(&old)
    {
        return Err(PlanError::Downgrade {
            image: wanted.image.clone(),
            version,
            deployed,
            is,
        });
    }
    if wanted.name == release.clickhouse_name
        && !desired.spec.allows_jump()
        && let (Some(version), Some(deployed)) = (new.version(), old.version())
        && let (Some(to), Some(from)) = (version.month(), deployed.month())
        && to > from + JUMP
    {
        return Err(PlanError::Jump {
            image: wanted.image.clone(),
            version,
            deployed,
            is,
            between: year_and_month(from + JUMP),
        });
    }
    Ok(())
}

/// That the service has another version than its PBX.
fn unlike_pbx(
    desired: &Desired,
    observed: &Observed,
    wanted: &ContainerSpec,
    version: &Version,
) -> Result<(), PlanError> {
    let Some(pbx) = pbx_version(observed).filter(|_| !desired.spec.allows_mismatch()) else {
        return Ok(());
    };
    let (image, version) = (wanted.image.clone(), version.clone());
    match version.release().cmp(&pbx.release()) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(PlanError::AheadOfPbx {
            image,
            version,
            pbx: pbx.clone(),
        }),
        Ordering::Less => Err(PlanError::BehindPbx {
            image,
            version,
            pbx: pbx.clone(),
        }),
    }
}

/// The version that the PBX has, where it is known.
fn pbx_version(observed: &Observed) -> Option<&Version> {
    match &observed.pbx.version {
        Seen::Known(version) => version.version(),
        Seen::NotAsked | Seen::Unknown(_) => None,
    }
}

/// Whether the service's version is another than the PBX's, and that was accepted.
pub(super) fn accepted_mismatch(
    desired: &Desired,
    observed: &Observed,
) -> Option<(Version, Version)> {
    let image = observed.images.get(&desired.service.image.to_string())?;
    let version: Version = image
        .labels
        .get(desired.release.version_label)?
        .parse()
        .ok()?;
    let pbx = pbx_version(observed).filter(|pbx| pbx.release() != version.release())?;
    desired
        .spec
        .allows_mismatch()
        .then(|| (version, pbx.clone()))
}

/// Whether an image of the service is older than the PBX, and its name may stand for the PBX's version by now: a digest never moves,
/// and a tag of numbers stays within them.
pub(super) fn may_be_newer_by_now(
    desired: &Desired,
    observed: &Observed,
    container: &ContainerSpec,
) -> bool {
    if container.name != desired.release.service_name || desired.spec.allows_mismatch() {
        return false;
    }
    let label = desired.release.version_label;
    let image = observed.images.get(&container.image.to_string());
    let version = image.and_then(|image| image.labels.get(label)?.parse::<Version>().ok());
    let (Some(version), Some(pbx)) = (version, pbx_version(observed)) else {
        return false;
    };
    let within = match container.image.tag().map(|tag| tag.parse::<Version>()) {
        Some(Ok(_)) => {
            let tag = container.image.tag().unwrap_or_default().split(['.', '-']);
            tag.zip(pbx.release())
                .all(|(part, number)| part.parse() == Ok(number))
        }
        Some(Err(_)) | None => true,
    };
    version.release() < pbx.release() && container.image.digest().is_none() && within
}

/// The image that a container was deployed from last, where the container was removed since and its data is still there.
fn last_image(desired: &Desired, observed: &Observed, wanted: &ContainerSpec) -> Option<ImageRef> {
    let last = &observed.remembered.as_ref()?.settings;
    let has_data = wanted.binds.iter().any(|bind| {
        desired.directories.iter().any(|d| d.path == bind.source)
            && observed.directories.contains_key(&bind.source)
    });
    let same_place = last.data_path == desired.spec.data_path().to_string();
    let image = if wanted.name == desired.release.clickhouse_name {
        &last.clickhouse_image
    } else {
        &last.image
    };
    (has_data && same_place)
        .then(|| image.parse().ok())
        .flatten()
}

fn year_and_month(month: u64) -> String {
    format!("{}.{}", month / 12, month % 12 + 1)
}

/// What tells the version of an image: its label, and where it has none, or one that is no version, its tag.
struct Told {
    label: Option<Version>,
    tag: Option<String>,
}

impl Told {
    fn version(&self) -> Option<Version> {
        let of_tag = || self.tag.as_ref()?.parse().ok();
        self.label.clone().or_else(of_tag)
    }

    /// The two versions, where this one is older. An older program may not read what a newer one has written. Where a tag has to
    /// tell it, only as far as both go: `25` may well be newer than `25.8`; where it tells nothing, there is no telling.
    fn older_than(&self, deployed: &Self) -> Option<(Version, Version)> {
        let versions = self.version().zip(deployed.version())?;
        let is_older = if self.label.is_some() && deployed.label.is_some() {
            versions.0 < versions.1
        } else {
            let parts = |version: &Version| -> Vec<u64> {
                let text = version.to_string();
                text.split(['.', '-'])
                    .map_while(|part| part.parse().ok())
                    .collect()
            };
            let mut pairs = parts(&versions.0).into_iter().zip(parts(&versions.1));
            let first = pairs.find(|(ours, theirs)| ours != theirs);
            first.is_some_and(|(ours, theirs)| ours < theirs)
        };
        is_older.then_some(versions)
    }
}
