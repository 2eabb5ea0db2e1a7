//! What is asked for when an operation is started.

use std::fmt;

use dataflow_core::{
    lifecycle::DockerSource,
    spec::{ImageRef, PrerequisiteMode, PrerequisiteSettings, Settings},
};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// What can be done to a server.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verb {
    /// Deploy it, or bring it to what is wanted.
    Run,
    /// Change to other images.
    Upgrade,
    /// Start the containers.
    Start,
    /// Stop them.
    Stop,
    /// Stop and start them.
    Restart,
    /// Remove them, and keep the data.
    Rm,
    /// Take the lock away from whoever has it.
    Unlock,
}

impl Verb {
    /// Its name, as `dataflow` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Upgrade => "upgrade",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Rm => "rm",
            Self::Unlock => "unlock",
        }
    }

    /// The verb of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let all = [
            Self::Run,
            Self::Upgrade,
            Self::Start,
            Self::Stop,
            Self::Restart,
            Self::Rm,
            Self::Unlock,
        ];
        all.into_iter().find(|verb| verb.name() == name)
    }

    /// What it does, for a button.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Run => "Deploy or repair",
            Self::Upgrade => "Upgrade",
            Self::Start => "Start",
            Self::Stop => "Stop",
            Self::Restart => "Restart",
            Self::Rm => "Remove",
            Self::Unlock => "Take the lock away",
        }
    }

    /// Whether the server's name is to be typed for it: something is taken away, or does not work for a while.
    pub(crate) fn is_dangerous(self) -> bool {
        match self {
            Self::Upgrade | Self::Stop | Self::Rm | Self::Unlock => true,
            Self::Run | Self::Start | Self::Restart => false,
        }
    }
}

/// Where Docker is installed from, if the server has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InstallDocker {
    /// The distribution's own packages.
    Distribution,
    /// Docker's own packages.
    Docker,
}

/// What is asked for. What is left out is as the settings file and `dataflow` have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// What is to be done.
    pub(crate) verb: Verb,
    /// The digest of the plan that is approved. A plan other than that is asked about before its first step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<String>,
    /// The service's image, for `upgrade`.
    #[schema(
        pattern = "^[a-z0-9]+([.-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*){0,8}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$",
        max_length = 255
    )]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<String>,
    /// ClickHouse's image, for `upgrade`.
    #[schema(
        pattern = "^[a-z0-9]+([.-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*){0,8}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$",
        max_length = 255
    )]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clickhouse_image: Option<String>,
    /// Whether an image may be older than the one that is deployed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) allow_downgrade: bool,
    /// Whether ClickHouse may become more than a year newer at once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) allow_jump: bool,
    /// Whether containers that somebody else made are taken over.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) adopt: bool,
    /// Whether an image may have another version than the PBX.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) allow_mismatch: bool,
    /// Whether what must be so at the PBX is so, by hand.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) by_hand: bool,
    /// Where Docker is installed from, if the server has none; for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) install_docker: Option<InstallDocker>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Order {
    /// One for this verb and nothing more.
    pub(crate) fn new(verb: Verb) -> Self {
        Self {
            verb,
            plan: None,
            image: None,
            clickhouse_image: None,
            allow_downgrade: false,
            allow_jump: false,
            adopt: false,
            allow_mismatch: false,
            by_hand: false,
            install_docker: None,
        }
    }

    /// What makes no sense about it.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        self.settings(Settings::default()).map(drop)
    }

    /// Settings with what it says put before what they say.
    pub(crate) fn settings(&self, settings: Settings) -> Result<Settings, Refusal> {
        let only_for = |verb: &str| Refusal::Conflict(format!("This is for {verb} only."));
        let has_image = self.image.is_some() || self.clickhouse_image.is_some();
        if has_image && self.verb != Verb::Upgrade {
            return Err(only_for("upgrade"));
        }
        if self.install_docker.is_some() && self.verb != Verb::Run {
            return Err(only_for("run"));
        }
        let image = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => match text.parse::<ImageRef>() {
                Ok(image) => Ok(Some(image)),
                Err(error) => Err(Refusal::Invalid(error.to_string())),
            },
        };
        let said = |accepted: bool| accepted.then_some(true);
        let own = Settings {
            image: image(&self.image)?,
            clickhouse_image: image(&self.clickhouse_image)?,
            allow_downgrade: said(self.allow_downgrade),
            allow_jump: said(self.allow_jump),
            adopt: said(self.adopt),
            allow_mismatch: said(self.allow_mismatch),
            prerequisites: PrerequisiteSettings {
                mode: self.by_hand.then_some(PrerequisiteMode::Manual),
                ..PrerequisiteSettings::default()
            },
            ..Settings::default()
        };
        Ok(own.or(settings))
    }

    /// Where Docker comes from if the server has none.
    pub(crate) fn docker(&self) -> Option<DockerSource> {
        self.install_docker.map(|source| match source {
            InstallDocker::Distribution => DockerSource::Distribution,
            InstallDocker::Docker => DockerSource::Docker,
        })
    }
}

impl Default for Order {
    fn default() -> Self {
        Self::new(Verb::Run)
    }
}

impl fmt::Display for Order {
    /// As the audit has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb.name())?;
        let images = [
            ("--image", &self.image),
            ("--clickhouse-image", &self.clickhouse_image),
        ];
        for (flag, image) in images {
            if let Some(image) = image {
                write!(f, " {flag} {image}")?;
            }
        }
        for (flag, given) in [
            ("--allow-downgrade", self.allow_downgrade),
            ("--allow-jump", self.allow_jump),
            ("--adopt", self.adopt),
            ("--allow-mismatch", self.allow_mismatch),
            ("--prerequisites manual", self.by_hand),
            ("--install-docker", self.install_docker.is_some()),
        ] {
            if given {
                write!(f, " {flag}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_asked_for_is_as_an_operator_would_type_it() {
        let order = Order {
            image: Some("portsip/dataflow:22.3.5".into()),
            allow_downgrade: true,
            ..Order::new(Verb::Upgrade)
        };
        assert_eq!(
            order.to_string(),
            "upgrade --image portsip/dataflow:22.3.5 --allow-downgrade"
        );
        assert!(order.check().is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused_before_anything_is_started() {
        let image = |verb, image: &str| Order {
            image: Some(image.to_owned()),
            ..Order::new(verb)
        };
        assert!(image(Verb::Stop, "a/b:1").check().is_err());
        assert!(image(Verb::Upgrade, "not an image").check().is_err());
        let docker = Order {
            install_docker: Some(InstallDocker::Docker),
            ..Order::new(Verb::Rm)
        };
        assert!(docker.check().is_err());
    }

    #[test]
    fn each_verb_goes_by_its_name() {
        for name in ["run", "upgrade", "start", "stop", "restart", "rm", "unlock"] {
            assert_eq!(Verb::of(name).unwrap().name(), name);
            let json: Verb = serde_json::from_value(name.into()).unwrap();
            assert_eq!(json, Verb::of(name).unwrap());
        }
    }
}
