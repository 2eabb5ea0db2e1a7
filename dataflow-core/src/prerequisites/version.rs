//! The version of the PBX, which the service's must be.

use std::cmp::Ordering;

use super::{Known, Prerequisite, State};
use crate::pbx::Seen;

/// The order that the vendor documents.
const ORDER: &str = "Upgrade in this order: the PBX, then IM, Data Flow, SBC.";

pub(super) fn item(known: &Known) -> Prerequisite {
    let item =
        |state, seen: String| Prerequisite::new("pbx.version", "Version of the PBX", state, seen);
    let unseen = |why: &str| {
        let same = match &known.version {
            Some(image) => {
                format!("Make sure that the PBX has version {image}, as the service's image has.")
            }
            None => "Make sure that the service's image has the version of the PBX.".to_owned(),
        };
        item(State::NotChecked, why.to_owned()).remedied([same])
    };
    let pbx = match &known.pbx.version {
        Seen::Known(pbx) => pbx,
        Seen::NotAsked => return unseen("the PBX was not asked"),
        Seen::Unknown(why) => return unseen(why),
    };
    let made_for = known
        .service
        .as_ref()
        .and_then(|service| service.pbx_version.as_ref());
    let (Some(version), Some(image)) = (pbx.version(), &known.version) else {
        return match pbx.version() {
            None => unseen(&format!("the PBX calls its version {pbx}")),
            Some(_) => unseen(&format!(
                "the PBX has {pbx}; the version of the service's image is not known"
            )),
        };
    };
    match image.release().cmp(&version.release()) {
        Ordering::Greater => item(
            State::Wrong,
            format!("the PBX has {pbx}, older than the service's {image}"),
        )
        .remedied([
            format!("Upgrade the PBX to {image}."),
            ORDER.to_owned(),
        ]),
        Ordering::Less => item(
            State::Wrong,
            format!("the PBX has {pbx}, newer than the service's {image}"),
        )
        .remedied([format!("Give the service the PBX's version: dataflow upgrade -i IMAGE, with an image of {version}.")]),
        Ordering::Equal => match made_for {
            Some(other) if other != pbx => item(
                State::Wrong,
                format!("the PBX has {pbx}, and had {other} when the service was made"),
            )
            .remedied([ANEW.to_owned()]),
            _ => item(State::Ok, format!("the PBX has {pbx}, as the service's image")),
        },
    }
}

const ANEW: &str = "dataflow run makes the service anew; the data stays.";
