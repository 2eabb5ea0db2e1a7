//! What can be wrong with what is wanted.

use std::path::PathBuf;

use crate::{Explain, Kind};

/// What is wrong with settings, or with the image that they name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The file is not TOML.
    #[error("{spot}: this is not valid TOML: {reason}")]
    Syntax {
        /// Where.
        spot: FileSpot,
        /// What the parser says, on one line.
        reason: String,
    },
    /// The file has a key that means nothing.
    #[error("{spot}: unknown key {key}{}; allowed here: {}", did_you_mean(.suggestion.as_deref()), .allowed.join(", "))]
    UnknownKey {
        /// Where.
        spot: FileSpot,
        /// The key, with its table: `ssh.agnet`.
        key: String,
        /// The allowed key that it looks like.
        suggestion: Option<String>,
        /// All keys that are allowed in that place.
        allowed: Vec<&'static str>,
    },
    /// The file has a secret where only the name of a file with the secret is allowed.
    #[error("{spot}: {key} would keep a secret in this file in clear")]
    SecretInFile {
        /// Where.
        spot: FileSpot,
        /// The key, with its table.
        key: String,
        /// The key to use.
        instead: &'static str,
    },
    /// A secret is given itself where a settings file is to be written.
    #[error("a secret is not written into a settings file")]
    SecretForFile {
        /// The key that would name its file.
        key: String,
    },
    /// A key of the file has a value that is not allowed.
    #[error("{spot}: {key}: {reason}")]
    BadValue {
        /// Where.
        spot: FileSpot,
        /// The key, with its table.
        key: String,
        /// What is wrong.
        reason: String,
        /// What is allowed, as a sentence, or nothing where the reason says it.
        allowed: String,
    },
    /// The file has no server of this name.
    #[error("the settings file has no server {name}{}; {}", did_you_mean(.suggestion.as_deref()), those_known(.known))]
    UnknownServer {
        /// The name.
        name: String,
        /// The name that it looks like.
        suggestion: Option<String>,
        /// All names of the file.
        known: Vec<String>,
    },
    /// Not an IP address that a machine can have.
    #[error("{given:?} cannot be the address of a machine: {reason}")]
    Ip {
        /// What was given.
        given: String,
        /// Why not.
        reason: String,
    },
    /// Not a path that can hold the data.
    #[error("{given:?} cannot be the data path: {reason}")]
    DataPath {
        /// What was given.
        given: String,
        /// Why not.
        reason: String,
    },
    /// Not a reference to an image.
    #[error("{given:?} is not a reference to an image: {reason}")]
    Image {
        /// What was given.
        given: String,
        /// Why not.
        reason: String,
    },
    /// A value that is not allowed.
    #[error("{given:?} cannot be {what}: {reason}")]
    Value {
        /// What it is for, in words.
        what: &'static str,
        /// What was given, without a secret in it.
        given: String,
        /// Why not.
        reason: String,
        /// What is allowed, as a sentence.
        allowed: &'static str,
    },
    /// Not a token.
    #[error("what is given as the PBX's token is none: {reason}")]
    Token {
        /// Why not.
        reason: &'static str,
    },
    /// Something needs a sign-in to the PBX's API, and no user is named.
    #[error("the user who signs in to the PBX's API is not given, and {why}")]
    NoApiUser {
        /// Why one is needed, in words.
        why: &'static str,
    },
    /// The PBX's certificate is to be good for two reasons.
    #[error("both a file of authorities and a certificate are given for the PBX's API")]
    TwoTrusts,
    /// Not a version.
    #[error("{given:?} is not a version such as 22.3.5")]
    Version {
        /// What was given.
        given: String,
    },
    /// Not the address of a registry.
    #[error(
        "{given:?} is not a registry: it must be a host name or IP address with an optional port, without https:// and path"
    )]
    Registry {
        /// What was given.
        given: String,
    },
    /// A number is out of its range.
    #[error("{given} is out of range for {what}: allowed are {min} to {max}{unit}")]
    OutOfRange {
        /// What it is for, in words.
        what: &'static str,
        /// What was given.
        given: i128,
        /// The smallest allowed.
        min: u64,
        /// The largest allowed.
        max: u64,
        /// The unit with a space before it, or nothing.
        unit: &'static str,
    },
    /// The PBX is not named.
    #[error("the IP address of the PBX is not given")]
    NoPbx,
    /// The server has neither a private nor a public IP address.
    #[error(
        "neither the private nor the public IP address of the server is given; at least one is needed"
    )]
    NoServerIp,
    /// A user of the registry is named and no token.
    #[error("the registry user {user:?} is given without a token")]
    NoRegistryToken {
        /// The user.
        user: String,
    },
    /// A token for the registry is given and no user.
    #[error("a registry token is given without the user that it belongs to")]
    NoRegistryUser,
    /// A file that holds a secret was named and not read.
    #[error("the secret in {} was not read", .path.display())]
    SecretNotRead {
        /// The file.
        path: PathBuf,
    },
    /// Nothing says which machine to work on.
    #[error("the server to work on is not given")]
    NoTarget,
    /// The image does not tell its version.
    #[error(
        "the image {image} has no label {label:?}, so it is not known to be {minimum} or newer"
    )]
    NoImageVersion {
        /// The image.
        image: String,
        /// The label that is missing or empty.
        label: &'static str,
        /// The oldest version that will do.
        minimum: String,
    },
    /// The image tells a version that cannot be read.
    #[error(
        "the image {image} has the label {label}={given:?}, which is not a version such as 22.3.5"
    )]
    BadImageVersion {
        /// The image.
        image: String,
        /// The label.
        label: &'static str,
        /// Its value.
        given: String,
    },
    /// The image is older than the service needs.
    #[error("the image {image} has version {version}, which is older than {minimum}")]
    ImageTooOld {
        /// The image.
        image: String,
        /// Its version.
        version: String,
        /// The oldest version that will do.
        minimum: String,
    },
}

/// A place in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSpot {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl std::fmt::Display for FileSpot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.path.display(), self.line, self.column)
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion
        .map(|key| format!(", did you mean {key}?"))
        .unwrap_or_default()
}

fn those_known(names: &[String]) -> String {
    match names {
        [] => "it names none".to_owned(),
        names => format!("it has {}", names.join(", ")),
    }
}

impl Explain for SpecError {
    fn kind(&self) -> Kind {
        match self {
            Self::NoImageVersion { .. }
            | Self::BadImageVersion { .. }
            | Self::ImageTooOld { .. } => Kind::Precondition,
            _ => Kind::Usage,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Syntax { spot, .. } => format!("Correct line {} of {}.", spot.line, spot.path.display()),
            Self::BadValue { spot, allowed, .. } => {
                format!("Correct line {} of {}. {allowed}", spot.line, spot.path.display()).trim_end().to_owned()
            }
            Self::UnknownKey { spot, suggestion: Some(suggestion), .. } => {
                format!("Write {suggestion} in line {} of {}, or remove the key.", spot.line, spot.path.display())
            }
            Self::UnknownKey { spot, .. } => format!("Remove the key in line {} of {}.", spot.line, spot.path.display()),
            Self::SecretInFile { instead, .. } => {
                format!("Put the secret into a file that only you can read (mode 600) and name that file with {instead}.")
            }
            Self::SecretForFile { key } => {
                format!("Put it into a file that only you can read (mode 600) and give that file's name; {key} is its key.")
            }
            Self::UnknownServer { known, .. } if known.is_empty() => {
                "Leave --server out, or describe the server under [servers.NAME] in the settings file.".to_owned()
            }
            Self::UnknownServer { .. } => "Give one of these with --server.".to_owned(),
            Self::Ip { .. } => "Give an IPv4 or IPv6 address such as 172.31.16.158.".to_owned(),
            Self::DataPath { .. } => {
                "Give an absolute directory of its own, such as /var/lib/portsip, /srv/portsip or /data.".to_owned()
            }
            Self::Image { .. } => {
                "Give [registry[:port]/]name[:tag][@digest], such as portsip/pbx:22 or registry.example.com:5000/portsip/pbx:22."
                    .to_owned()
            }
            Self::Value { allowed, .. } => (*allowed).to_owned(),
            Self::Token { .. } => {
                "Copy it from the PBX's portal, Servers > Data Flow, into a file of its own, as one line and nothing else."
                    .to_owned()
            }
            Self::NoApiUser { .. } => {
                "Give the user with --api-user USER, or user under [api] in dataflow.toml.".to_owned()
            }
            Self::TwoTrusts => "Give one of them: ca-file or certificate under [api], --api-ca-file or --api-certificate.".to_owned(),
            Self::Version { .. } => "Give one to four numbers with dots between them.".to_owned(),
            Self::Registry { .. } => "Give host[:port], such as docker.io or registry.example.com:5000.".to_owned(),
            Self::OutOfRange { .. } => "Give a number in that range.".to_owned(),
            Self::NoPbx => "Give it with -x PBX_IP, or as pbx = \"PBX_IP\" in dataflow.toml.".to_owned(),
            Self::NoServerIp => {
                "Give -a PRIVATE_IP or -A PUBLIC_IP or both, or private-ip or public-ip in dataflow.toml.".to_owned()
            }
            Self::NoRegistryToken { .. } => {
                "Give the token with --registry-token-file FILE or in DATAFLOW_REGISTRY_TOKEN, or token-file under [registry] in dataflow.toml."
                    .to_owned()
            }
            Self::NoRegistryUser => "Give the user with -U USER, or user under [registry] in dataflow.toml.".to_owned(),
            Self::SecretNotRead { .. } => {
                "The program that loads the settings must read this file; report this as a bug of that program.".to_owned()
            }
            Self::NoTarget => {
                "Give -a PRIVATE_IP, which is also where SSH goes, or --host ssh://user@host or --host local; or private-ip or host in dataflow.toml."
                    .to_owned()
            }
            Self::NoImageVersion { .. } | Self::BadImageVersion { .. } => {
                "Give the vendor's PBX image with -i, such as portsip/pbx:22.".to_owned()
            }
            Self::ImageTooOld { minimum, .. } => {
                format!("Give an image of version {minimum} or newer with -i; it must be the version that the PBX has.")
            }
        }
    }
}
