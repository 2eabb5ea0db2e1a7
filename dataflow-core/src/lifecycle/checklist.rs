//! The checklist of prerequisites of a server, with all that can be seen of it. The server needs no Docker yet.

use serde::Serialize;

use super::{checked, error::LifecycleError, observe, reached};
use crate::{
    docker::{DockerError, Engine},
    host::Host,
    pbx::{PbxLink, Seen},
    prerequisites::{self, Known, Prerequisite},
    spec::{Release, Spec, Target},
};

/// A server whose prerequisites are looked at.
pub struct Surroundings {
    host: Host,
    /// None where the server has no Docker.
    engine: Option<Engine>,
    release: Release,
}

/// What must be so for a server, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// All of it, in order.
    pub prerequisites: Vec<Prerequisite>,
}

impl Surroundings {
    /// Reaches a server. Nothing is changed.
    ///
    /// # Errors
    /// Where it can't be reached or signed in to, or its Docker doesn't answer.
    pub async fn open(target: &Target) -> Result<Self, LifecycleError> {
        let host = Host::connect(&target.address, &target.sign_in).await?;
        let engine = match Engine::connect(&host).await {
            Err(DockerError::NotInstalled { .. }) => None,
            engine => Some(engine?),
        };
        Ok(Self {
            host,
            engine,
            release: Release::portsip(),
        })
    }

    /// Looks at the server, its PBX and the network between the two. Nothing is changed.
    ///
    /// # Errors
    /// Where the server can't be looked at. A PBX that can't be asked makes items that are not checked.
    pub async fn checklist(&self, spec: &Spec, pbx: &PbxLink) -> Result<Checklist, LifecycleError> {
        let look =
            observe::observe_with_facts(&self.host, self.engine.as_ref(), &self.release, spec);
        let (looked, pbx) = tokio::join!(look, pbx.see());
        let (observed, facts) = looked?;
        // Not at the same time: why a connection fails is told only where no other one is opened.
        let reached = reached::reached(&self.host, spec).await;
        let known = checked::known(&self.release, &observed.containers, pbx);
        let image = observed.images.get(&spec.image().to_string());
        let label = image.and_then(|image| image.labels.get(self.release.version_label));
        let token = observed.token.map(|token| token.fingerprint);
        let known = Known {
            delivered: Seen::Known(token),
            version: known.version.or(label.and_then(|label| label.parse().ok())),
            to_pbx: reached.to_pbx,
            from_pbx: reached.from_pbx,
            server: Seen::Known(facts),
            ..known
        };
        Ok(Checklist {
            server: self.host.label(),
            prerequisites: prerequisites::checklist(spec, &known),
        })
    }

    /// Ends the session in good order.
    pub async fn close(self) {
        self.host.close().await;
    }
}
