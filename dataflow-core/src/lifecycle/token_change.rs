//! Another token for the service, and which one it has.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    checked, deployed,
    error::LifecycleError,
    manage, observe,
    plan_error::PlanError,
    records,
    server::{Report, Server},
    upgrade,
};
use crate::{
    pbx::PbxSeen,
    spec::{Pull, Settings, TokenFingerprint},
};

/// Which token a server's service has. Never the token itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenStatus {
    /// The server, as `user@host` or `local`.
    pub server: String,
    /// The file in which the service finds it, where that is known.
    pub file: Option<String>,
    /// What is in that file.
    pub delivered: Option<TokenFingerprint>,
    /// When that was written there.
    pub since: Option<Timestamp>,
    /// The one with which the service was made.
    pub service: Option<TokenFingerprint>,
    /// The one that is given, by the settings or otherwise.
    pub given: Option<TokenFingerprint>,
    /// Whether all of these that are known are the same; none where fewer than two are.
    pub matches: Option<bool>,
}

impl Server {
    /// Delivers the token of `changes` and makes the service anew with it. All else stays as it was deployed.
    ///
    /// # Errors
    /// As [`Server::run`]; where nothing is deployed; and where it is not said where the service looks for its token.
    pub async fn set_token(&self, changes: &Settings) -> Result<Report, LifecycleError> {
        if changes.token.deliver_as.is_none() {
            return Err(self.in_the_way(PlanError::NoPlaceForToken));
        }
        let settings = self.as_deployed(changes).await?;
        self.converge("token set", &settings.spec()?, Pull::Missing.into())
            .await
    }

    /// Which token the service has, by its fingerprint. Nothing is changed.
    ///
    /// # Errors
    /// Where nothing is deployed, or the server can't be looked at.
    pub async fn token_status(&self, settings: &Settings) -> Result<TokenStatus, LifecycleError> {
        let spec = self.as_deployed(settings).await?.spec()?;
        let observed = observe::observe(&self.host, &self.engine, &self.release, &spec).await?;
        let service = checked::known(&self.release, &observed.containers, PbxSeen::default())
            .service
            .and_then(|service| service.token);
        let delivered = observed
            .token
            .as_ref()
            .map(|token| token.fingerprint.clone());
        let given = spec.token().map(|token| token.fingerprint());
        Ok(TokenStatus {
            server: self.host.label(),
            file: spec.token_file(),
            since: observed.token_since,
            matches: all_same(&[&delivered, &service, &given]),
            delivered,
            service,
            given,
        })
    }

    /// The settings of the deployment, with what `changes` say of the token and of the way to the PBX.
    async fn as_deployed(&self, changes: &Settings) -> Result<Settings, LifecycleError> {
        let (containers, kept) = tokio::try_join!(
            async { Ok(observe::containers(&self.engine, &self.release).await?) },
            records::read(&self.host),
        )?;
        let remembered = kept.remembered.as_ref();
        let adopt = changes.adopt.unwrap_or_default();
        manage::refuse_upgrade(&self.release, &containers, remembered, adopt)
            .map_err(|error| self.in_the_way(error))?;
        let deployed = deployed::settings(&self.release, &containers);
        let deployed = upgrade::starting_point(deployed, remembered, changes);
        Ok(Settings {
            token: changes.token.clone(),
            api: changes.api.clone(),
            prerequisites: changes.prerequisites.clone(),
            aws: changes.aws.clone(),
            preflight: changes.preflight.clone(),
            ..deployed
        })
    }
}

/// Whether those that are known are the same.
fn all_same(fingerprints: &[&Option<TokenFingerprint>]) -> Option<bool> {
    let known: Vec<&TokenFingerprint> = fingerprints
        .iter()
        .filter_map(|fingerprint| fingerprint.as_ref())
        .collect();
    (known.len() > 1).then(|| known.windows(2).all(|pair| pair[0] == pair[1]))
}
