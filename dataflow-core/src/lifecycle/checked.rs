//! What a server's containers tell for the checklist of prerequisites.

use jiff::Timestamp;

use super::observed::{Containers, current};
use crate::{
    pbx::{PbxSeen, PbxVersion},
    prerequisites::{Known, Service},
    spec::{PBX_VERSION_LABEL, Release, TOKEN_LABEL},
};

/// What is known from the containers and from what the PBX said.
pub(super) fn known(release: &Release, containers: &Containers, pbx: PbxSeen) -> Known {
    let service = current(containers, release.service_name);
    let label = |key: &str| service.and_then(|service| service.labels.get(key));
    Known {
        pbx,
        version: label(release.version_label).and_then(|text| text.parse().ok()),
        service: service.map(|_| Service {
            pbx_version: label(PBX_VERSION_LABEL).map(|text| PbxVersion::read(text)),
            token: label(TOKEN_LABEL).and_then(|text| text.parse().ok()),
        }),
        ..Known::nothing(Timestamp::now())
    }
}
