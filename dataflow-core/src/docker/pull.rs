//! Fetching an image from its registry.

use std::{collections::HashMap, fmt, time::Duration};

use bollard::{
    auth::DockerCredentials, models::CreateImageInfo, query_parameters::CreateImageOptionsBuilder,
};
use futures_util::StreamExt;
use secrecy::ExposeSecret;

use super::{engine::Engine, error::DockerError};
use crate::spec::{ImageRef, RegistryLogin};

/// How long a pull may go without a word from the engine. The engine itself retries a registry that went away, several times.
const SILENCE: Duration = Duration::from_secs(180);

/// How far a pull has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PullProgress {
    /// Bytes fetched so far, of the layers whose size is known.
    pub fetched: u64,
    /// Bytes to fetch in all, of the layers whose size is known.
    pub total: u64,
}

impl fmt::Display for PullProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Layers become known one after the other, so a percentage would run backwards.
        let (fetched, total) = (self.fetched / 1_000_000, self.total / 1_000_000);
        write!(f, "the registry: {fetched} of {total} MB fetched")
    }
}

impl Engine {
    /// Has the engine fetch an image, and tells how far it is each time the engine says so.
    ///
    /// # Errors
    /// Where the registry or the engine refuses, the connection is cut, or nothing is heard for three minutes.
    pub async fn pull(
        &self,
        image: &ImageRef,
        login: Option<&RegistryLogin>,
        mut told: impl FnMut(PullProgress),
    ) -> Result<(), DockerError> {
        let doing = format!("fetch image {image}");
        let options = CreateImageOptionsBuilder::new()
            .from_image(&image.to_string())
            .build();
        let credentials = login.map(|login| DockerCredentials {
            username: Some(login.user.clone()),
            password: Some(login.token.expose_secret().to_owned()),
            serveraddress: Some(login.server.to_string()),
            ..DockerCredentials::default()
        });
        let mut said = self.docker.create_image(Some(options), None, credentials);
        let mut layers = Layers::default();
        while let Some(word) = self
            .within(SILENCE, &doing, async { said.next().await.transpose() })
            .await
            .map_err(|error| error.fetching(&image.to_string()))?
        {
            if let Some(progress) = layers.hear(&word) {
                told(progress);
            }
        }
        Ok(())
    }
}

/// What the engine has said of each layer.
#[derive(Default)]
struct Layers(HashMap<String, PullProgress>);

impl Layers {
    fn hear(&mut self, word: &CreateImageInfo) -> Option<PullProgress> {
        let layer = word.id.as_ref()?;
        let positive = |value: Option<i64>| value.and_then(|v| u64::try_from(v).ok());
        match word.status.as_deref()? {
            "Downloading" => {
                let detail = word.progress_detail.as_ref()?;
                let seen = self.0.entry(layer.clone()).or_default();
                seen.fetched = positive(detail.current)?;
                seen.total = positive(detail.total)?.max(seen.fetched);
            }
            "Download complete" | "Pull complete" => {
                let seen = self.0.get_mut(layer)?;
                seen.fetched = seen.total;
            }
            _ => return None,
        }
        Some(
            self.0
                .values()
                .fold(PullProgress::default(), |sum, layer| PullProgress {
                    fetched: sum.fetched + layer.fetched,
                    total: sum.total + layer.total,
                }),
        )
    }
}
