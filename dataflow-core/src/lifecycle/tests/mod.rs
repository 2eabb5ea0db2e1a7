//! Wanted and observed, by hand; the plan as text.
#![allow(clippy::unwrap_used)]

mod adopt;
mod at_pbx;
mod compare;
mod converge;
mod deploy;
mod drift;
mod forecast;
mod remains;
mod summary;
mod upgrade;

use super::{observed::aside, remembered::Deed, *};
use crate::{
    docker::{Container, Extra, Image, State, Ulimit},
    spec::{ContainerSpec, Owner, Pull, Release, Spec},
};

const IMAGE: &str = "portsip/pbx:22";
const CLICKHOUSE_IMAGE: &str = "portsip/clickhouse:25.8";
const DATABASE: &str = "portsip.clickhouse";
const SERVICE: &str = "portsip.dataflow";

fn spec() -> Spec {
    let ip = |text: &str| text.parse().unwrap();
    Spec::new(ip("172.31.16.133"), Some(ip("172.31.16.158")), None).unwrap()
}

fn desired() -> Desired {
    Desired::new(&spec(), &Release::portsip(), Some(&"secret".into()))
}

fn image(id: &str, version: &str) -> Image {
    Image {
        id: id.to_owned(),
        labels: [("version".to_owned(), version.to_owned())].into(),
        command: vec!["server".to_owned()],
        ..Image::default()
    }
}

/// A server with Docker, both images, and nothing else.
fn empty() -> Observed {
    Observed {
        images: [
            (IMAGE.to_owned(), image("sha256:aaaaaaaaaaaaaaaa", "22.3.5")),
            (
                CLICKHOUSE_IMAGE.to_owned(),
                image("sha256:cccccccccccccccc", "25.8.1"),
            ),
        ]
        .into(),
        ..Observed::default()
    }
}

fn ulimit(limit: u64) -> Ulimit {
    let limit = limit.try_into().unwrap();
    Ulimit {
        soft: limit,
        hard: limit,
    }
}

/// The container as the engine shows it when it was made as wanted and runs.
fn as_wanted(wanted: &ContainerSpec, image: &Image) -> Container {
    let mut cap_add = wanted.cap_add.clone();
    cap_add.sort();
    let labels = wanted.labels.iter().cloned().chain(image.labels.clone());
    Container {
        name: wanted.name.clone(),
        state: State::Running,
        image_id: image.id.clone(),
        image: wanted.image.to_string(),
        user: wanted.user.clone().unwrap(),
        command: wanted.command.clone().unwrap_or(image.command.clone()),
        env: wanted
            .env
            .iter()
            .map(|(key, value)| (key.clone(), value.expose().into()))
            .collect(),
        mounts: wanted.binds.clone(),
        cap_add,
        ulimits: wanted
            .nofile
            .map(|limit| ("nofile".to_owned(), ulimit(limit)))
            .into_iter()
            .collect(),
        restart_policy: "unless-stopped".to_owned(),
        network: "host".to_owned(),
        healthcheck: wanted.health.clone(),
        stop_timeout: Some(wanted.stop_timeout),
        labels: labels.collect(),
        ..Container::default()
    }
}

/// A server on which all is as wanted.
fn deployed() -> Observed {
    let desired = desired();
    let mut observed = empty();
    observed.password = Some("secret".into());
    for wanted in [&desired.clickhouse, &desired.service] {
        let image = &observed.images[&wanted.image.to_string()];
        let container = as_wanted(wanted, image);
        observed.containers.insert(wanted.name.clone(), container);
    }
    for directory in &desired.directories {
        let owner = Owner { uid: 0, gid: 0 };
        observed.directories.insert(
            directory.path.clone(),
            observed::Directory {
                is_directory: true,
                mode: directory.mode,
                owner: directory.owner.unwrap_or(owner),
            },
        );
    }
    observed
}

fn container<'a>(observed: &'a mut Observed, name: &str) -> &'a mut Container {
    observed.containers.get_mut(name).unwrap()
}

fn planned(observed: &Observed) -> String {
    match plan(&desired(), observed, Pull::Missing.into()) {
        Ok(plan) => plan.to_string(),
        Err(error) => format!("refused: {error}"),
    }
}

/// Any container, for those to whom only its name matters.
pub(super) fn some_container() -> Container {
    deployed().containers[DATABASE].clone()
}
