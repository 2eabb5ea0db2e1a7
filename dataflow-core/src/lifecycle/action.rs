//! How an action is told.

use std::fmt;

use super::plan::Action;

impl Action {
    /// What is being waited for while it lasts.
    pub(super) fn awaited(&self) -> String {
        match self {
            Self::InstallDocker(_) => "the package manager".to_owned(),
            Self::Mend(_) => "the server".to_owned(),
            Self::Whitelist(_) | Self::TakeBack(_) => "the PBX".to_owned(),
            Self::DeliverToken { .. } => "the server".to_owned(),
            Self::Fetch(image) => format!("the registry to deliver {image}"),
            Self::Stop(name, patience) => {
                format!("{name} to end (killed after {} s)", patience.as_secs())
            }
            Self::AwaitClickHouse { .. } => "ClickHouse to answer".to_owned(),
            Self::AwaitService { name, .. } => format!("{name} to keep running"),
            Self::AwaitEnd(name) => format!("{name} to end by itself"),
            Self::Initialise(_) => "the service's program to prepare the database".to_owned(),
            _ => "Docker".to_owned(),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InstallDocker(install) => install.fmt(f),
            Self::Mend(recipe) => f.write_str(&recipe.what),
            Self::Whitelist(change) => change.fmt(f),
            Self::TakeBack(filter) => {
                write!(f, "take {} off the PBX's whitelist", filter.cidr())
            }
            Self::DeliverToken { fingerprint, .. } => {
                write!(f, "deliver the token {fingerprint} to the service")
            }
            Self::Fetch(image) => write!(f, "fetch image {image}"),
            Self::Directories(directories) => {
                // Each comes after the one that holds it, so the first one names the place.
                let place = directories.first().map_or("", |first| first.path.as_str());
                match directories.len() {
                    1 => write!(f, "set up directory {place}"),
                    count => write!(f, "set up {count} directories in {place}"),
                }
            }
            Self::Stop(name, _) => write!(f, "stop {name}"),
            Self::Start(name) => write!(f, "start {name}"),
            Self::Remove(name) => write!(f, "remove container {name}"),
            Self::SetAside(name) => write!(f, "set container {name} aside"),
            Self::PutBack(name) => write!(f, "put container {name} back"),
            Self::Create(spec) => write!(f, "create container {} from {}", spec.name, spec.image),
            Self::Update(name, _) => write!(f, "correct container {name} in place"),
            Self::AwaitClickHouse { .. } => f.write_str("wait until ClickHouse answers"),
            Self::AwaitEnd(name) => write!(f, "let {name} end"),
            Self::Initialise(spec) => write!(f, "prepare the database with {}", spec.image),
            Self::AwaitService { name, .. } => write!(f, "see {name} keep running"),
        }
    }
}
