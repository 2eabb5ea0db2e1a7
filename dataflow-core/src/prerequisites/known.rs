//! What a checklist is made of: what others were told.

use jiff::Timestamp;

use crate::{
    facts::Facts,
    pbx::{PbxSeen, PbxVersion, Seen},
    reach::Reach,
    spec::{PrerequisiteMode, Spec, TokenFingerprint, Version},
};

/// What is known of a server and its PBX. What nobody asked about is [`Seen::NotAsked`].
#[derive(Debug, Clone)]
pub struct Known {
    /// The time by which entries expire.
    pub now: Timestamp,
    /// What the PBX said.
    pub pbx: PbxSeen,
    /// The token in the file on the server; `None` where there is no file.
    pub delivered: Seen<Option<TokenFingerprint>>,
    /// The service's container, where there is one.
    pub service: Option<Service>,
    /// The version of the service's image, where it is known.
    pub version: Option<Version>,
    /// The PBX's ports, as the server reaches them.
    pub to_pbx: Seen<Vec<Reach>>,
    /// The server's ports, as the PBX reaches them.
    pub from_pbx: Seen<Vec<Reach>>,
    /// What the server is; on AWS, what AWS says of it and of the PBX node.
    pub server: Seen<Facts>,
}

/// What the service's container was made for. What it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The version of its PBX.
    pub pbx_version: Option<PbxVersion>,
    /// The token.
    pub token: Option<TokenFingerprint>,
}

impl Known {
    /// Nothing but the time.
    #[must_use]
    pub fn nothing(now: Timestamp) -> Self {
        Self {
            now,
            pbx: PbxSeen::default(),
            delivered: Seen::NotAsked,
            service: None,
            version: None,
            to_pbx: Seen::NotAsked,
            from_pbx: Seen::NotAsked,
            server: Seen::NotAsked,
        }
    }

    /// With why the PBX was not asked, where the settings say it.
    pub(super) fn explained(self, spec: &Spec) -> Self {
        let why = match (spec.prerequisites(), spec.api()) {
            (PrerequisiteMode::Manual, _) => "done by hand, as the settings say",
            (PrerequisiteMode::Api, None) => "no user of the PBX is set (api.user)",
            (PrerequisiteMode::Api, Some(_)) => return self,
        };
        let PbxSeen { whitelist, version } = self.pbx;
        Self {
            pbx: PbxSeen {
                whitelist: whitelist.unless_asked(why),
                version: version.unless_asked(why),
            },
            ..self
        }
    }
}
