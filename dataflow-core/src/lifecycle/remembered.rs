//! What a server remembers of how it was deployed, so that the next verb, from wherever, need not be told again.

use std::{collections::BTreeMap, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Operator,
    lock::short,
    observed::{Directory, Observed},
    plan::Change,
};
use crate::docker::Container;
use crate::host::shown;
use crate::pbx::Seen;
use crate::spec::{
    NOFILE_RANGE, Owner, PrerequisiteMode, START_GRACE_RANGE, ServerIp, Settings, Spec,
};

/// The version of the form that is written.
const VERSION: u32 = 1;

/// A deployment that was seen to be as wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The version of this form.
    v: u32,
    /// Which run brought it about, when, and for whom.
    #[serde(flatten)]
    pub by: Deed,
    /// How it was deployed.
    pub settings: DeployedSettings,
    /// The owners of the data directories, by path, as they were seen last.
    #[serde(default)]
    pub owners: BTreeMap<String, Owner>,
    /// That its containers were removed since, by the operator's wish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Deed>,
}

/// What was done by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// The run.
    pub run: String,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    #[serde(flatten)]
    pub operator: Operator,
}

/// The settings of a deployment. Never holds a secret: of a registry's sign-in, who but not with what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct DeployedSettings {
    /// The directory on the server that holds all data.
    pub data_path: String,
    /// The server's private address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<String>,
    /// Its public address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_ip: Option<String>,
    /// The address of the PBX.
    pub pbx: String,
    /// The image of the service.
    pub image: String,
    /// The engine's identifier of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
    /// The image of the database.
    pub clickhouse_image: String,
    /// The engine's identifier of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clickhouse_image_id: Option<String>,
    /// The database's limit of open files.
    pub nofile: u64,
    /// The health check's start grace, in seconds.
    pub start_grace: u64,
    /// The registry that was signed in to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The user who was signed in there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_user: Option<String>,
    /// How the prerequisites at the PBX were met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerequisites: Option<String>,
    /// The PBX's version, where it was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pbx_version: Option<String>,
    /// The fingerprint of the token, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl Remembered {
    /// Reads what is remembered; what makes no sense is forgotten.
    pub(super) fn read(line: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(line).ok()?;
        Some(Self {
            by: read.by.shortened(),
            removed: read.removed.map(Deed::shortened),
            ..read
        })
    }

    /// It as one line, without the line's end.
    pub(super) fn line(&self) -> String {
        // Texts and numbers: they can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What is to be remembered of a deployment that was just seen to be as wanted, unless it is remembered already.
    pub(super) fn news(
        before: Option<&Self>,
        spec: &Spec,
        seen: &Observed,
        by: Deed,
    ) -> Option<Self> {
        let mut settings = DeployedSettings::of(spec, seen);
        if let Some(before) = before
            && settings.registry.is_none()
        {
            // Images that are there need no sign-in, which does not mean that the next ones need none.
            settings.registry = before.settings.registry.clone();
            settings.registry_user = before.settings.registry_user.clone();
        }
        if let Some(before) = before {
            // What nobody saw or gave this time is still so, as far as is known.
            let known = &before.settings;
            settings.pbx_version = settings.pbx_version.or(known.pbx_version.clone());
            settings.token = settings.token.or(known.token.clone());
        }
        let owner = |(path, directory): (&String, &Directory)| (path.clone(), directory.owner);
        let owners = seen.directories.iter().map(owner).collect();
        let same = before.is_some_and(|before| {
            before.removed.is_none() && before.settings == settings && before.owners == owners
        });
        (!same).then_some(Self {
            v: VERSION,
            by,
            settings,
            owners,
            removed: None,
        })
    }

    /// The owners that the data directories are to have: those that were seen, as long as ClickHouse's container comes from the
    /// image that gave them. Another one may run it as another user.
    pub(super) fn owners_under(&self, clickhouse: Option<&Container>) -> BTreeMap<String, Owner> {
        let image = self.settings.clickhouse_image_id.as_ref();
        match clickhouse {
            Some(found) if Some(&found.image_id) == image => self.owners.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// The same, with its containers removed.
    pub(super) fn removed(self, by: Deed) -> Self {
        Self {
            removed: Some(by),
            ..self
        }
    }

    /// In what a spec differs from it, as far as the operator sets it.
    pub(super) fn changed_by(&self, spec: &Spec) -> Vec<Change> {
        let wanted = DeployedSettings::of(spec, &Observed::default());
        let now = self.settings.clone().cleaned();
        let pairs = now.named().into_iter().zip(wanted.named());
        pairs
            .filter(|((_, now), (_, wanted))| now != wanted)
            .map(|((setting, now), (_, wanted))| Change {
                setting: setting.to_owned(),
                now,
                wanted,
            })
            .collect()
    }
}

impl Deed {
    fn shortened(self) -> Self {
        Self {
            run: short(&self.run),
            operator: self.operator.shortened(),
            ..self
        }
    }
}

impl DeployedSettings {
    /// Those of a spec, with the identifiers of the images as they were seen.
    pub(super) fn of(spec: &Spec, seen: &Observed) -> Self {
        let id = |image: String| seen.images.get(&image).map(|image| image.id.clone());
        Self {
            data_path: spec.data_path().to_string(),
            private_ip: spec.private_ip().map(|ip| ip.to_string()),
            public_ip: spec.public_ip().map(|ip| ip.to_string()),
            pbx: spec.pbx().to_string(),
            image: spec.image().to_string(),
            image_id: id(spec.image().to_string()),
            clickhouse_image: spec.clickhouse_image().to_string(),
            clickhouse_image_id: id(spec.clickhouse_image().to_string()),
            nofile: spec.nofile(),
            start_grace: spec.start_grace().as_secs(),
            registry: spec.registry().map(|login| login.server.to_string()),
            registry_user: spec.registry().map(|login| login.user.clone()),
            prerequisites: Some(spec.prerequisites().word().to_owned()),
            pbx_version: match &seen.pbx.version {
                Seen::Known(version) => version.version().map(ToString::to_string),
                Seen::NotAsked | Seen::Unknown(_) => None,
            },
            token: match (spec.token(), &seen.token) {
                (Some(token), _) => Some(token.fingerprint().to_string()),
                (None, Some(delivered)) => Some(delivered.fingerprint.to_string()),
                (None, None) => None,
            },
        }
    }

    /// Whether somebody has met the prerequisites by hand for this server and its PBX.
    pub(super) fn met_by_hand(&self, spec: &Spec) -> bool {
        let ip = |ip: Option<ServerIp>| ip.map(|ip| ip.to_string());
        self.prerequisites.as_deref() == Some(PrerequisiteMode::Manual.word())
            && self.pbx == spec.pbx().to_string()
            && self.private_ip == ip(spec.private_ip())
            && self.public_ip == ip(spec.public_ip())
    }

    /// As settings to fill in what is not said otherwise; what can't be right is left out.
    pub(super) fn settings(&self) -> Settings {
        let mut settings = Settings {
            data_path: parsed(Some(&self.data_path)),
            private_ip: parsed(self.private_ip.as_ref()),
            public_ip: parsed(self.public_ip.as_ref()),
            pbx: parsed(Some(&self.pbx)),
            image: parsed(Some(&self.image)),
            clickhouse_image: parsed(Some(&self.clickhouse_image)),
            nofile: Some(self.nofile).filter(|limit| NOFILE_RANGE.contains(limit)),
            start_grace: Some(self.start_grace).filter(|grace| START_GRACE_RANGE.contains(grace)),
            ..Settings::default()
        };
        settings.registry.server = parsed(self.registry.as_ref());
        settings.registry.user = self.registry_user.clone();
        settings
    }

    /// With each text fit to be shown.
    pub(super) fn cleaned(self) -> Self {
        let clean = |text: String| shown(text.as_bytes());
        Self {
            data_path: clean(self.data_path),
            private_ip: self.private_ip.map(clean),
            public_ip: self.public_ip.map(clean),
            pbx: clean(self.pbx),
            image: clean(self.image),
            image_id: self.image_id.map(clean),
            clickhouse_image: clean(self.clickhouse_image),
            clickhouse_image_id: self.clickhouse_image_id.map(clean),
            registry: self.registry.map(clean),
            registry_user: self.registry_user.map(clean),
            prerequisites: self.prerequisites.map(clean),
            pbx_version: self.pbx_version.map(clean),
            token: self.token.map(clean),
            ..self
        }
    }

    /// What an operator sets on the containers, under the names of the settings file.
    fn named(&self) -> [(&'static str, Option<String>); 8] {
        [
            ("data-path", Some(self.data_path.clone())),
            ("private-ip", self.private_ip.clone()),
            ("public-ip", self.public_ip.clone()),
            ("pbx", Some(self.pbx.clone())),
            ("image", Some(self.image.clone())),
            ("clickhouse-image", Some(self.clickhouse_image.clone())),
            ("nofile", Some(self.nofile.to_string())),
            ("start-grace", Some(self.start_grace.to_string())),
        ]
    }
}

fn parsed<T: FromStr>(text: Option<&String>) -> Option<T> {
    text?.parse().ok()
}

#[cfg(test)]
#[path = "remembered_tests.rs"]
mod tests;
