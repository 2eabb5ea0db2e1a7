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
