//! In what a container that is there differs from the one that is wanted.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret;

use super::plan::Change;
use crate::{
    docker::{Container, Image, Ulimit, Update},
    host::shown,
    spec::{
        Bind, ContainerSpec, EnvValue, HealthCheck, PBX_VERSION_LABEL, RestartPolicy, TOKEN_LABEL,
    },
};

/// One setting of a container that is not as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The setting, what it is and what it is to be.
    pub change: Change,
    /// What mends it on the container as it is. Without it, the container has to be made anew.
    pub update: Option<Update>,
}

impl Difference {
    /// The cause of a step, in the operator's words.
    pub fn cause(&self) -> String {
        self.change.to_string()
    }
}

/// The differences, one for each setting. Empty where there are none.
///
/// Compared with what the engine says of the container, not with a record of what it once was asked for; images by their
/// identifier, since a name may have moved to another image. Without the image nothing is said of what it decides, and the container
/// counts as made from another one.
pub fn differences(
    wanted: &ContainerSpec,
    image: Option<&Image>,
    found: &Container,
) -> Vec<Difference> {
    let mut all = Differences::default();
    if image.is_none_or(|image| image.id != found.image_id) {
        let now = with_version(&found.image, &found.labels, &found.image_id);
        let name = wanted.image.to_string();
        let wanted = match image {
            Some(image) => with_version(&name, &image.labels, &image.id),
            None => format!("{name} (not on the server yet)"),
        };
        all.push("image", Some(now), Some(wanted));
    }
    if let Some(user) = &wanted.user {
        all.compare("user", filled(&found.user), filled(user));
    }
    for (setting, found, wanted, from_image) in [
        (
            "entry point",
            &found.entrypoint,
            &wanted.entrypoint,
            image.map(|image| &image.entrypoint),
        ),
        (
            "command",
            &found.command,
            &wanted.command,
            image.map(|image| &image.command),
        ),
    ] {
        if let Some(wanted) = wanted.as_ref().or(from_image) {
            all.compare(setting, words(found), words(wanted));
        }
    }
    all.each("mount on ", mounts(&found.mounts), mounts(&wanted.binds));
    all.compare(
        "added capabilities",
        words(&found.cap_add),
        words(&sorted(&wanted.cap_add)),
    );
    all.each("limit of ", limits(&found.ulimits), wanted_limits(wanted));
    let policy = restart_word(wanted.restart).to_owned();
    all.compare(
        "restart policy",
        filled(&found.restart_policy),
        Some(policy),
    );
    all.mend(Update::Restart(wanted.restart));
    if wanted.network_host {
        all.compare("network", filled(&found.network), Some("host".to_owned()));
    }
    let check = wanted.health.as_ref();
    if check.is_some() || image.is_some() {
        let wanted = check.or(image.and_then(|image| image.healthcheck.as_ref()));
        all.compare(
            "health check",
            found.healthcheck.as_ref().map(health),
            wanted.map(health),
        );
    }
    all.compare(
        "time to stop",
        found
            .stop_timeout
            .map(|time| format!("{} s", time.as_secs())),
        Some(format!("{} s", wanted.stop_timeout.as_secs())),
    );
    env(&mut all, wanted, image, found);
    for (label, setting) in [
        (TOKEN_LABEL, "token"),
        (PBX_VERSION_LABEL, "version of the PBX"),
    ] {
        let wanted = wanted.labels.iter().find(|(key, _)| key == label);
        // A container that does not say what it was made with may well be as wanted.
        if let (Some(now), Some((_, wanted))) = (found.labels.get(label), wanted) {
            all.compare(setting, Some(now.clone()), Some(wanted.clone()));
        }
    }
    for (setting, value) in &found.extras {
        all.push(setting.name(), Some(value.clone()), None);
        if let Some(update) = setting.lift() {
            all.mend(update);
        }
    }
    all.found
}

/// The differences that were found so far, and whether the last comparison found one.
#[derive(Default)]
struct Differences {
    found: Vec<Difference>,
    last_differs: bool,
}

impl Differences {
    fn compare(&mut self, setting: &str, now: Option<String>, wanted: Option<String>) {
        self.last_differs = now != wanted;
        if self.last_differs {
            self.push(setting, now, wanted);
        }
    }

    fn push(&mut self, setting: &str, now: Option<String>, wanted: Option<String>) {
        let safe = |text: String| shown(text.as_bytes());
        self.last_differs = true;
        self.found.push(Difference {
            change: Change {
                setting: safe(setting.to_owned()),
                now: now.map(safe),
                wanted: wanted.map(safe),
            },
            update: None,
        });
    }

    /// One setting for each key.
    fn each(
        &mut self,
        prefix: &str,
        mut now: BTreeMap<String, String>,
        mut wanted: BTreeMap<String, String>,
    ) {
        let keys: BTreeSet<String> = now.keys().chain(wanted.keys()).cloned().collect();
        for key in keys {
            let setting = format!("{prefix}{key}");
            self.compare(&setting, now.remove(&key), wanted.remove(&key));
        }
    }

    /// What mends the difference that the last comparison found, if it found one.
    fn mend(&mut self, update: Update) {
        if let (true, Some(last)) = (self.last_differs, self.found.last_mut()) {
            last.update = Some(update);
        }
    }
}

/// Names only: values may be secrets.
fn env(all: &mut Differences, wanted: &ContainerSpec, image: Option<&Image>, found: &Container) {
    let of_image = image.map(|image| &image.env);
    let mut expected: BTreeMap<&str, (&str, &str)> = of_image
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), (value.as_str(), "the image's value")))
        .collect();
    expected.extend(wanted.env.iter().map(|(key, value)| {
        let said = match value {
            EnvValue::Plain(_) => "the release's value",
            EnvValue::Secret(_) => "(secret)",
        };
        (key.as_str(), (value.expose(), said))
    }));
    let unasked = found.env.keys().map(String::as_str);
    let keys: BTreeSet<&str> = expected
        .keys()
        .copied()
        .chain(unasked.filter(|_| image.is_some()))
        .collect();
    for key in keys {
        let expected = expected.get(key);
        let now = match (found.env.get(key), expected) {
            (Some(found), Some((wanted, _))) if found.expose_secret() == *wanted => continue,
            (Some(_), Some(_)) => Some("another value"),
            (Some(_), None) => Some("set"),
            (None, _) => None,
        };
        let wanted = expected.map(|(_, said)| (*said).to_owned());
        all.push(&format!("variable {key}"), now.map(str::to_owned), wanted);
    }
}

/// An image's name, its version where a label tells it, and the first twelve digits of its identifier.
fn with_version(name: &str, labels: &BTreeMap<String, String>, id: &str) -> String {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    let short = digits.get(..12).unwrap_or(digits);
    match labels.get("version") {
        Some(version) => format!("{name} {version} ({short})"),
        None => format!("{name} ({short})"),
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn words(list: &[String]) -> Option<String> {
    (!list.is_empty()).then(|| list.join(" "))
}

fn sorted(list: &[String]) -> Vec<String> {
    let mut list = list.to_vec();
    list.sort();
    list
}

fn mounts(binds: &[Bind]) -> BTreeMap<String, String> {
    binds
        .iter()
        .map(|bind| {
            let access = if bind.read_only { " (read-only)" } else { "" };
            (bind.target.clone(), format!("{}{access}", bind.source))
        })
        .collect()
}

fn limits(ulimits: &BTreeMap<String, Ulimit>) -> BTreeMap<String, String> {
    let named = |name: &String| match name.as_str() {
        "nofile" => "open files".to_owned(),
        "nproc" => "processes of the user".to_owned(),
        other => other.to_owned(),
    };
    ulimits
        .iter()
        .map(|(name, limit)| (named(name), limit.to_string()))
        .collect()
}

fn wanted_limits(wanted: &ContainerSpec) -> BTreeMap<String, String> {
    let nofile = wanted.nofile.map(|limit| {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let both = Ulimit {
            soft: limit,
            hard: limit,
        };
        ("nofile".to_owned(), both)
    });
    limits(&nofile.into_iter().collect())
}

fn restart_word(policy: RestartPolicy) -> &'static str {
    match policy {
        RestartPolicy::No => "no",
        RestartPolicy::UnlessStopped => "unless-stopped",
    }
}

fn health(check: &HealthCheck) -> String {
    format!(
        "\"{}\" every {:?}, timeout {:?}, {} retries, {:?} to start",
        check.command.join(" "),
        check.interval,
        check.timeout,
        check.retries,
        check.start_period
    )
}
