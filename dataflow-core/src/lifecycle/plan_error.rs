//! What stands in the way of a plan.

use crate::{
    explain::{Explain, Kind},
    spec::{ImageRef, SpecError, Version},
};

/// Something on the server, or about an image, for which no plan can be made. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The image of the service is not fit.
    #[error(transparent)]
    Image(#[from] SpecError),

    /// An image is not there and may not be fetched.
    #[error("the image {image} is not on the server, and it was asked not to fetch any")]
    ImageMissing {
        /// The image.
        image: ImageRef,
    },

    /// An image is older than the one that is deployed.
    #[error("the image {image} has version {version}; {deployed} {is} deployed")]
    Downgrade {
        /// The image.
        image: ImageRef,
        /// Its version.
        version: Version,
        /// The version that is deployed, or was before its container was removed.
        deployed: Version,
        /// Which of the two, as a word: `is` or `was`.
        is: &'static str,
    },

    /// ClickHouse would become more than a year newer at once.
    #[error(
        "the image {image} has ClickHouse {version}, which is more than a year newer than {deployed}, which {is} deployed"
    )]
    Jump {
        /// The image.
        image: ImageRef,
        /// Its version.
        version: Version,
        /// The version that is deployed, or was before its container was removed.
        deployed: Version,
        /// Which of the two, as a word: `is` or `was`.
        is: &'static str,
        /// The newest version that it may be, as year and month.
        between: String,
    },

    /// A token is to be delivered, and nobody knows where to.
    #[error("it is not set where the service looks for its token")]
    NoPlaceForToken,

    /// The service would be newer than its PBX.
    #[error(
        "the image {image} has version {version}, and the PBX has {pbx}: the PBX is upgraded first"
    )]
    AheadOfPbx {
        /// The image.
        image: ImageRef,
        /// Its version.
        version: Version,
        /// The PBX's version.
        pbx: Version,
    },

    /// The service would be older than its PBX.
    #[error(
        "the image {image} has version {version}, and the PBX has {pbx}: they must be the same"
    )]
    BehindPbx {
        /// The image.
        image: ImageRef,
        /// Its version.
        version: Version,
        /// The PBX's version.
        pbx: Version,
    },

    /// Somebody else's container has a name that is needed.
    #[error(
        "there is a container {name} (from {image}) that neither this program nor the vendor's script made"
    )]
    Foreign {
        /// Its name.
        name: String,
        /// Its image.
        image: String,
        /// Whether it could be taken over.
        adoptable: bool,
    },

    /// Somebody else's container keeps its data where its successor would not look for it.
    #[error("{name} does not keep its {target} in {path}; without that it can't be adopted")]
    KeptElsewhere {
        /// The container.
        name: String,
        /// The place in the container.
        target: String,
        /// The directory of the server that should be there.
        path: String,
    },

    /// The vendor's installation keeps its data somewhere else.
    #[error("the vendor's script has installed Data Flow here, but there is no {path}")]
    DataElsewhere {
        /// The file that was looked for.
        path: String,
    },

    /// The data path is not the one that is in use.
    #[error("{name} has its data in {from}; it was asked to use {to}, where it would begin anew")]
    DataMoved {
        /// The container.
        name: String,
        /// Where the data is.
        from: String,
        /// Where it was asked to be.
        to: String,
    },

    /// What is deployed has lost its data.
    #[error("{name} is deployed with its data in {path}, which is not there any more")]
    DataGone {
        /// The container.
        name: String,
        /// Where its data was.
        path: String,
    },

    /// A port that ClickHouse needs is in use.
    #[error("port {port} is in use by {program}; ClickHouse needs it")]
    PortTaken {
        /// The port.
        port: u16,
        /// Who listens on it.
        program: String,
    },

    /// A file is where a directory is needed.
    #[error("{path} is there, but it is not a directory")]
    NotADirectory {
        /// The path.
        path: String,
    },

    /// There is no installation that could be upgraded, started or stopped.
    #[error("Data Flow is not deployed: there is no container {name}")]
    NotDeployed {
        /// The container that was looked for.
        name: String,
    },
}

impl Explain for PlanError {
    fn kind(&self) -> Kind {
        match self {
            Self::Image(error) => error.kind(),
            _ => Kind::Precondition,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Image(error) => error.next_step(),
            Self::ImageMissing { .. } => {
                "Leave out --pull never, or load the image on the server (docker load).".into()
            }
            Self::NoPlaceForToken => {
                "Set deliver-as under [token] in the settings file to the name of the file, in the service's data directory, that it reads. The vendor documents none.".into()
            }
            Self::Downgrade { .. } => {
                "Name the image that is wanted with -i or -d, or in dataflow.toml. To go back to the older one, which may not read what the newer one has written: back up the data, then add --allow-downgrade.".into()
            }
            Self::Jump { between, .. } => format!(
                "Go through a release in between: first upgrade -d to one that is not newer than {between}, and when that works, to this one. To go at once all the same: back up the data, then add --allow-jump."
            ),
            Self::AheadOfPbx { version, .. } => format!(
                "Upgrade in this order: the PBX to {version}, then IM, Data Flow, SBC. To have another version than the PBX all the same, on record: --allow-mismatch."
            ),
            Self::BehindPbx { image, pbx, .. } => format!(
                "Give the service an image of the PBX's version, such as: dataflow upgrade -i {}. To have another version than the PBX all the same, on record: --allow-mismatch.",
                of_version(image, pbx)
            ),
            Self::Foreign { name, adoptable, .. } => {
                let adopt = if *adoptable {
                    " To have it replaced, with its data kept where it is: add --adopt."
                } else {
                    ""
                };
                format!(
                    "Look at it on the server (docker inspect {name}). If it is not needed, rename or remove it, then run the same command again.{adopt}"
                )
            }
            Self::KeptElsewhere { name, target, path } => format!(
                "If it keeps its data below another path of the server, give that with -p. If not: stop it, copy what is needed out of it (docker cp {name}:{target}/. {path}), rename it, and run the same command without --adopt."
            ),
            Self::DataElsewhere { .. } => {
                "Give the data path of that installation with -p; docker volume inspect dataflow-server-only_df-data shows it.".into()
            }
            Self::DataMoved { from, .. } => format!(
                "Leave the data path as it is. To move it: dataflow rm, move {from} and its sibling directories on the server, then run with the new -p."
            ),
            Self::DataGone { .. } => {
                "If it is on a disk of its own, mount that first, then run the same command again. To begin anew without the data: dataflow rm, then run.".into()
            }
            Self::PortTaken { port, .. } => format!(
                "Stop that program on the server, or have it use another port (sudo ss -ltnp 'sport = :{port}' shows it), then run the same command again."
            ),
            Self::NotADirectory { path } => {
                format!("Move {path} out of the way on the server, or give another data path with -p.")
            }
            Self::NotDeployed { .. } => "Deploy it with: dataflow run".into(),
        }
    }
}

/// An image of the same name, with a tag as exact as its own, or more where its own may stand for several versions.
fn of_version(image: &ImageRef, version: &Version) -> String {
    let numbers = version.release().map(|number| number.to_string());
    let tag = image.tag().unwrap_or_default();
    let exact = tag.split('.').count().clamp(1, numbers.len());
    let same = numbers.join(".").starts_with(tag);
    let exact = if same || tag.parse::<Version>().is_err() {
        numbers.len()
    } else {
        exact
    };
    format!("{}:{}", image.name(), numbers[..exact].join("."))
}
