//! In what a container that is there differs from the one that is wanted.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret;

use super::observed::Origin;
use crate::{
    docker::{Container, Image},
    spec::{Bind, ContainerSpec, HealthCheck, RestartPolicy},
};

/// The differences in the operator's words, each of them enough to make the container anew. Empty where there are none.
///
/// Compared with what the engine says of the container, not with a record of what it once was asked for; images by their
/// identifier, since a name may have moved to another image.
pub fn differences(wanted: &ContainerSpec, image: &Image, found: &Container) -> Vec<String> {
    let mut causes = Vec::new();
    if Origin::of(found) == Origin::Vendor {
        causes.push("made by the vendor's script".to_owned());
    }
    if found.image_id != image.id {
        causes.push(image_difference(wanted, image, found));
    }
    let mut differ = |what: &str, found: String, wanted: String| {
        if found != wanted {
            causes.push(format!("{what}: {found}, wanted: {wanted}"));
        }
    };
    let words = |list: &[String]| {
        if list.is_empty() {
            "none".to_owned()
        } else {
            list.join(" ")
        }
    };
    if let Some(user) = &wanted.user {
        differ("user", found.user.clone(), user.clone());
    }
    differ(
        "entry point",
        words(&found.entrypoint),
        words(wanted.entrypoint.as_ref().unwrap_or(&image.entrypoint)),
    );
    differ(
        "command",
        words(&found.command),
        words(wanted.command.as_ref().unwrap_or(&image.command)),
    );
    differ("mounts", mounts(&found.mounts), mounts(&wanted.binds));
    differ(
        "added capabilities",
        words(&found.cap_add),
        words(&sorted(&wanted.cap_add)),
    );
    differ(
        "limit of open files",
        limit(found.nofile),
        limit(wanted.nofile.and_then(|n| i64::try_from(n).ok())),
    );
    differ(
        "restart policy",
        found.restart_policy.clone(),
        restart_word(wanted.restart).to_owned(),
    );
    if wanted.network_host {
        differ("network", found.network.clone(), "host".to_owned());
    }
    differ(
        "health check",
        health(found.healthcheck.as_ref()),
        health(wanted.health.as_ref().or(image.healthcheck.as_ref())),
    );
    differ(
        "time to stop",
        found.stop_timeout.map_or_else(
            || "the engine's".to_owned(),
            |t| format!("{} s", t.as_secs()),
        ),
        format!("{} s", wanted.stop_timeout.as_secs()),
    );
    causes.extend(env_differences(wanted, image, found));
    causes
}

fn image_difference(wanted: &ContainerSpec, image: &Image, found: &Container) -> String {
    let version = |labels: &BTreeMap<String, String>, id: &str| match labels.get("version") {
        Some(version) => format!("{} ({})", crate::host::shown(version.as_bytes()), short(id)),
        None => short(id).to_owned(),
    };
    format!(
        "image: {} {}, wanted: {} {}",
        crate::host::shown(found.image.as_bytes()),
        version(&found.labels, &found.image_id),
        wanted.image,
        version(&image.labels, &image.id),
    )
}

/// The first twelve digits of an identifier, as the `docker` program shows it.
fn short(id: &str) -> &str {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..12).unwrap_or(digits)
}

/// Names only: values may be secrets.
fn env_differences(wanted: &ContainerSpec, image: &Image, found: &Container) -> Vec<String> {
    let mut expected: BTreeMap<&str, &str> = image
        .env
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    expected.extend(
        wanted
            .env
            .iter()
            .map(|(key, value)| (key.as_str(), value.expose())),
    );
    let keys: BTreeSet<&str> = expected
        .keys()
        .copied()
        .chain(found.env.keys().map(String::as_str))
        .collect();
    keys.into_iter()
        .filter_map(|key| {
            let said = match (found.env.get(key), expected.get(key)) {
                (Some(found), Some(wanted)) if found.expose_secret() == *wanted => return None,
                (Some(_), Some(_)) => "another value than wanted",
                (Some(_), None) => "set, but not wanted",
                (None, _) => "not set",
            };
            Some(format!(
                "variable {}: {said}",
                crate::host::shown(key.as_bytes())
            ))
        })
        .collect()
}

fn mounts(binds: &[Bind]) -> String {
    let mut mounts: Vec<String> = binds
        .iter()
        .map(|bind| {
            let access = if bind.read_only { " (read-only)" } else { "" };
            format!("{} on {}{access}", bind.source, bind.target)
        })
        .collect();
    mounts.sort();
    mounts.join(", ")
}

fn sorted(list: &[String]) -> Vec<String> {
    let mut list = list.to_vec();
    list.sort();
    list
}

fn limit(limit: Option<i64>) -> String {
    limit.map_or_else(|| "not set".to_owned(), |limit| limit.to_string())
}

fn restart_word(policy: RestartPolicy) -> &'static str {
    match policy {
        RestartPolicy::No => "no",
        RestartPolicy::UnlessStopped => "unless-stopped",
    }
}

fn health(check: Option<&HealthCheck>) -> String {
    check.map_or_else(
        || "none".to_owned(),
        |check| {
            format!(
                "\"{}\" every {:?}, timeout {:?}, {} retries, {:?} to start",
                check.command.join(" "),
                check.interval,
                check.timeout,
                check.retries,
                check.start_period
            )
        },
    )
}
