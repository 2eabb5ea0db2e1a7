//! What an upgrade starts from, and which images it fetches.

use super::{plan::Pulls, remembered::Remembered};
use crate::spec::{Pull, Settings};

/// How a server is deployed: as its containers say, and where these say nothing, as it remembers.
///
/// A remembered sign-in to a registry counts only where there is a token for it: without one, images that need no sign-in are to
/// be fetched without.
pub(super) fn starting_point(
    containers: Settings,
    remembered: Option<&Remembered>,
    changes: &Settings,
) -> Settings {
    let mut fallback = remembered
        .map(|remembered| remembered.settings.settings())
        .unwrap_or_default();
    if changes.registry.token.is_none() {
        fallback.registry = Default::default();
    }
    if containers.pbx.is_some() {
        // The service's container tells its addresses, also where it has none.
        fallback.private_ip = None;
        fallback.public_ip = None;
    }
    containers.or(fallback)
}

/// Which images an upgrade fetches though they are there: those whose name changes, so that the other container is not
/// replaced unasked; both where neither does.
pub(super) fn pulls(wanted: &Settings, deployed: &Settings) -> Pulls {
    let clickhouse = wanted.clickhouse_image != deployed.clickhouse_image;
    let service = wanted.image != deployed.image;
    let pull = |changes: bool| {
        if changes || clickhouse == service {
            Pull::Always
        } else {
            Pull::Missing
        }
    };
    Pulls {
        clickhouse: pull(clickhouse),
        service: pull(service),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        lifecycle::{Deed, observed::Observed},
        spec::{RegistryLogin, Secret, Spec},
    };

    fn remembered() -> Remembered {
        let spec = Spec::new(
            "172.31.16.133".parse().unwrap(),
            "172.31.16.158".parse().ok(),
            "203.0.113.7".parse().ok(),
        );
        let spec = spec.unwrap().with_registry(RegistryLogin {
            server: "registry.example.com".parse().unwrap(),
            user: "operator".into(),
            token: "t".into(),
        });
        let deed = Deed {
            run: String::new(),
            at: "2026-11-24T11:45:00Z".parse().unwrap(),
            operator: Default::default(),
        };
        Remembered::news(None, &spec, &Observed::default(), deed).unwrap()
    }

    #[test]
    fn what_containers_say_counts_and_the_rest_is_remembered() {
        let nothing = Settings::default();
        let settings = starting_point(nothing.clone(), Some(&remembered()), &nothing);
        assert_eq!(settings.pbx, "172.31.16.133".parse().ok());
        assert_eq!(settings.public_ip, "203.0.113.7".parse().ok());
        let service = Settings {
            pbx: "172.31.16.134".parse().ok(),
            private_ip: "172.31.16.158".parse().ok(),
            ..Settings::default()
        };
        let settings = starting_point(service, Some(&remembered()), &nothing);
        assert_eq!(settings.pbx, "172.31.16.134".parse().ok());
        assert_eq!(settings.public_ip, None);
        assert_eq!(settings.nofile, Some(655_360));
    }

    #[test]
    fn a_remembered_sign_in_counts_with_a_token_only() {
        let mut changes = Settings::default();
        let settings = starting_point(Settings::default(), Some(&remembered()), &changes);
        assert!(settings.registry.user.is_none());
        changes.registry.token = Some(Secret::Value("t".into()));
        let settings = starting_point(Settings::default(), Some(&remembered()), &changes);
        assert_eq!(settings.registry.user.as_deref(), Some("operator"));
        assert_eq!(
            settings.registry.server,
            "registry.example.com".parse().ok()
        );
    }

    #[test]
    fn an_upgrade_fetches_what_changes_and_everything_where_nothing_does() {
        let deployed = Settings {
            image: "portsip/pbx:22".parse().ok(),
            clickhouse_image: "portsip/clickhouse:25.8".parse().ok(),
            ..Settings::default()
        };
        let cases = [
            (None, None, Pull::Always, Pull::Always),
            (Some("portsip/pbx:22.4"), None, Pull::Missing, Pull::Always),
            (
                None,
                Some("portsip/clickhouse:26.3"),
                Pull::Always,
                Pull::Missing,
            ),
            (
                Some("portsip/pbx:22.4"),
                Some("portsip/clickhouse:26.3"),
                Pull::Always,
                Pull::Always,
            ),
        ];
        for (image, clickhouse_image, clickhouse, service) in cases {
            let changes = Settings {
                image: image.map(|image| image.parse().unwrap()),
                clickhouse_image: clickhouse_image.map(|image| image.parse().unwrap()),
                ..Settings::default()
            };
            let pulls = pulls(&changes.or(deployed.clone()), &deployed);
            assert_eq!(
                pulls,
                Pulls {
                    clickhouse,
                    service
                },
                "{image:?} {clickhouse_image:?}"
            );
        }
    }
}
