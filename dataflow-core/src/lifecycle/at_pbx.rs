//! What an operation has to do with the PBX: it is asked at the same time as the server, and where nobody is signed in there, somebody
//! has to say that its part is done by hand.

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::{Desired, Plan};
use super::{
    error::LifecycleError, events::Event, observed::Observed, refuse_image, server::Server, token,
    whitelist,
};
use crate::{
    pbx::{PbxLink, PbxSeen, Seen},
    prerequisites::{self, Known, Prerequisite, State},
    spec::{PrerequisiteMode, Spec},
};

impl Server {
    /// The PBX's whitelist and version. Without them nothing is known to be right, so that a PBX that can't be asked is an error; only
    /// its version may be missing.
    pub(super) async fn ask_pbx(&self, spec: &Spec) -> Result<PbxSeen, LifecycleError> {
        let pbx = match (&self.pbx, spec.prerequisites()) {
            (PbxLink::None, _) | (_, PrerequisiteMode::Manual) => return Ok(PbxSeen::default()),
            (PbxLink::Failed(error), _) => return Err(error.clone().into()),
            (PbxLink::Ready(pbx), _) => pbx,
        };
        let (whitelist, version) = tokio::join!(pbx.whitelist(), pbx.version());
        Ok(PbxSeen {
            whitelist: Seen::Known(whitelist?),
            version: match version {
                Ok(version) => Seen::Known(version),
                Err(error) => Seen::Unknown(error.to_string()),
            },
        })
    }

    /// Once: what is not as it should be at the PBX and stands in the way of nothing.
    pub(super) fn warn_of_pbx(&self, desired: &Desired, observed: &Observed) {
        self.pbx_told.call_once(|| {
            let version = match &observed.pbx.version {
                Seen::Unknown(why) => Some(format!(
                    "the PBX's version is not known, and is not compared with the service's: {why}"
                )),
                Seen::Known(version) if version.version().is_none() => Some(format!(
                    "the PBX calls its version \"{version}\", which is not compared with the service's"
                )),
                Seen::Known(_) | Seen::NotAsked => None,
            };
            let mismatch = refuse_image::accepted_mismatch(desired, observed).map(|(image, pbx)| {
                format!("the service has version {image} and the PBX {pbx}, which is accepted")
            });
            let warnings = whitelist::warnings(&desired.spec, observed)
                .into_iter()
                .chain(version)
                .chain(mismatch)
                .chain(token::warning(&desired.spec));
            for text in warnings {
                self.control.events.tell(Event::Warning { text });
            }
        });
    }

    /// What is wanted, with how the prerequisites at the PBX are met settled: by this program where somebody is signed in; by hand where
    /// that is said, now or for the same server and PBX before. A plan that changes nothing needs none of it.
    pub(super) async fn settle_prerequisites(
        &self,
        spec: &Spec,
        observed: &Observed,
        plan: &Plan,
    ) -> Result<Spec, LifecycleError> {
        let signed_in = matches!(self.pbx, PbxLink::Ready(_));
        if plan.is_empty() || signed_in || spec.prerequisites() == PrerequisiteMode::Manual {
            return Ok(spec.clone());
        }
        let remembered = observed.remembered.as_ref();
        let before = remembered.is_some_and(|remembered| remembered.settings.met_by_hand(spec));
        if !before && !self.by_hand.load(Ordering::Relaxed) {
            let items = self.by_hand(spec, observed);
            if self.control.by_hand.answer(items.clone()).await != Some(true) {
                return Err(LifecycleError::Prerequisites {
                    host: self.host.label(),
                    details: items.iter().flat_map(lines).collect(),
                });
            }
            self.by_hand.store(true, Ordering::Relaxed);
        }
        Ok(spec.clone().with_prerequisites(PrerequisiteMode::Manual))
    }

    /// What somebody has to see to.
    fn by_hand(&self, spec: &Spec, observed: &Observed) -> Vec<Prerequisite> {
        let image = observed.images.get(&spec.image().to_string());
        let label = image.and_then(|image| image.labels.get(self.release.version_label));
        let token = observed.token.as_ref();
        let known = Known {
            version: label.and_then(|label| label.parse().ok()),
            delivered: Seen::Known(token.map(|token| token.fingerprint.clone())),
            ..Known::nothing(Timestamp::now())
        };
        let mut items = prerequisites::checklist(spec, &known);
        items.retain(|item| item.state != State::Ok);
        items
    }
}

/// An item as lines: what it is, and what to do, a line for each step.
fn lines(item: &Prerequisite) -> Vec<String> {
    let first = format!("{}: {}", item.title, item.seen);
    let steps = item.remedy.iter().map(|step| format!("  {step}"));
    std::iter::once(first).chain(steps).collect()
}
