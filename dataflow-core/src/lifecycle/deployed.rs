//! Reads off the containers how they were deployed, so that an upgrade needs to be told only what changes.

use std::str::FromStr;

use secrecy::SecretString;

use super::observed::{Containers, current};
use crate::{
    docker::Container,
    spec::{NOFILE_RANGE, Release, START_GRACE_RANGE, Settings},
};

/// What the containers say of how they were deployed; what they don't say, or say in a way that can't be right, is `None`.
pub(super) fn settings(release: &Release, containers: &Containers) -> Settings {
    let mut settings = Settings::default();
    if let Some(service) = current(containers, release.service_name) {
        settings.pbx = argument(service, "-a");
        settings.private_ip = argument(service, "-x");
        settings.public_ip = argument(service, "-z");
        settings.image = service.image.parse().ok();
        settings.data_path = service
            .mounts
            .iter()
            .find_map(|mount| release.data_path_of(&mount.source))
            .and_then(|path| path.parse().ok());
    }
    if let Some(clickhouse) = current(containers, release.clickhouse_name) {
        settings.clickhouse_image = clickhouse.image.parse().ok();
        settings.nofile = clickhouse
            .ulimits
            .get("nofile")
            .and_then(|limit| limit.hard.try_into().ok())
            .filter(|limit| NOFILE_RANGE.contains(limit));
        settings.start_grace = clickhouse
            .healthcheck
            .as_ref()
            .map(|check| check.start_period.as_secs())
            .filter(|grace| START_GRACE_RANGE.contains(grace));
    }
    settings
}

/// The database password that the ClickHouse container was given.
pub(super) fn password(release: &Release, containers: &Containers) -> Option<SecretString> {
    current(containers, release.clickhouse_name)?
        .env
        .get("CLICKHOUSE_PASSWORD")
        .cloned()
}

fn argument<T: FromStr>(container: &Container, flag: &str) -> Option<T> {
    let mut words = container.command.iter().skip_while(|word| *word != flag);
    words.nth(1)?.parse().ok()
}
