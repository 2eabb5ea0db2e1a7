//! What is wanted on a server, for the verbs that make containers or say how.

use std::{convert::Infallible, path::PathBuf};

use clap::{Args, ValueEnum, builder::RangedU64ValueParser};
use dataflow_core::{
    lifecycle::DockerSource,
    spec::{DataPath, ImageRef, NOFILE_RANGE, RegistryServer, START_GRACE_RANGE, ServerIp},
};
use secrecy::SecretString;

use super::{ApiArgs, PrerequisiteArgs, TokenSourceArgs, parse};

/// Which server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// Private IP of the server; also where SSH goes, unless --host says otherwise
    #[arg(short = 'a', long, value_name = "IP", value_parser = parse::<ServerIp>)]
    pub(crate) private_ip: Option<ServerIp>,
    /// Directory on the server that holds all data [default: /var/lib/portsip]
    #[arg(short = 'p', long, value_name = "PATH", value_parser = parse::<DataPath>)]
    pub(crate) data_path: Option<DataPath>,
}

/// Whose packages Docker is installed from.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum DockerSourceArg {
    /// Those of the server's distribution
    Distribution,
    /// Docker's own, from download.docker.com
    Docker,
}

impl From<DockerSourceArg> for DockerSource {
    fn from(source: DockerSourceArg) -> Self {
        match source {
            DockerSourceArg::Distribution => Self::Distribution,
            DockerSourceArg::Docker => Self::Docker,
        }
    }
}

/// What is wanted on the server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Public IP of the server; one of the two IPs is needed
    #[arg(short = 'A', long, value_name = "IP", value_parser = parse::<ServerIp>)]
    pub(crate) public_ip: Option<ServerIp>,
    /// IP of the PBX
    #[arg(short = 'x', long, value_name = "IP", value_parser = parse::<ServerIp>)]
    pub(crate) pbx: Option<ServerIp>,
    /// Image of the service, which is the PBX image [default: portsip/pbx:22]
    #[arg(short = 'i', long, value_name = "IMAGE", value_parser = parse::<ImageRef>)]
    pub(crate) image: Option<ImageRef>,
    /// Image of the database [default: portsip/clickhouse:25.8]
    #[arg(short = 'd', long, value_name = "IMAGE", value_parser = parse::<ImageRef>)]
    pub(crate) clickhouse_image: Option<ImageRef>,
    /// Time after the database's start in which failed health checks do not count [default: 90]
    #[arg(short = 'g', long, value_name = "SECONDS", value_parser = RangedU64ValueParser::<u64>::new().range(START_GRACE_RANGE))]
    pub(crate) start_grace: Option<u64>,
    /// The database's limit of open files [default: 655360]
    #[arg(long, value_name = "NUMBER", value_parser = RangedU64ValueParser::<u64>::new().range(NOFILE_RANGE))]
    pub(crate) nofile: Option<u64>,
    /// When images are fetched: missing, always or never [default: missing; upgrade fetches what changes]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "WHEN")]
    pub(crate) pull: Option<PullArg>,
    /// Registry to sign in to [default: docker.io]
    #[arg(short = 'R', long, value_name = "SERVER", help_heading = "Registry", value_parser = parse::<RegistryServer>)]
    pub(crate) registry: Option<RegistryServer>,
    /// User of the registry
    #[arg(short = 'U', long, value_name = "USER", help_heading = "Registry")]
    pub(crate) registry_user: Option<String>,
    /// File with the token or password of that user [env: DATAFLOW_REGISTRY_TOKEN, the token itself]
    #[arg(long, value_name = "FILE", help_heading = "Registry")]
    pub(crate) registry_token_file: Option<PathBuf>,
    /// The token itself; others on this machine can see it, so prefer the file
    #[arg(short = 'P', long, value_name = "TOKEN", help_heading = "Registry", conflicts_with = "registry_token_file", value_parser = secret)]
    pub(crate) registry_token: Option<SecretString>,
    #[command(flatten)]
    pub(crate) api: ApiArgs,
    #[command(flatten)]
    pub(crate) prerequisites: PrerequisiteArgs,
    #[command(flatten)]
    pub(crate) token: TokenSourceArgs,
}

/// When images are fetched.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PullArg {
    /// Where the server does not have them
    Missing,
    /// Every time, so that a tag that moved is noticed
    Always,
    /// Never; a missing image is an error
    Never,
}

fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
}
