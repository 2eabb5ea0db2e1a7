//! What every verb takes about reaching the server.

use std::path::PathBuf;

use clap::{Args, builder::RangedU64ValueParser};
use dataflow_core::{
    host::{Address, Fingerprint, Jump},
    spec::CONNECT_TIMEOUT_RANGE,
};

use super::parse;

/// How the server is reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reaching the server")]
pub(crate) struct SshArgs {
    // Not a doc comment: rustdoc would take the brackets for links.
    #[arg(long, global = true, value_name = "ADDRESS", help = "Machine to work on: local, or ssh://[user@]host[:port] [default: the private IP]", value_parser = parse::<Address>)]
    pub(crate) host: Option<Address>,
    // The same.
    #[arg(long, global = true, value_name = "HOSTS", help = "Servers to go through: [user@]host[:port], with commas between, or none", value_parser = parse::<Jump>)]
    pub(crate) jump: Option<Jump>,
    /// ssh_config to read, or none [default: ~/.ssh/config and /etc/ssh/ssh_config]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ssh_config: Option<PathBuf>,
    /// Private key file; may be given several times
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) identity: Vec<PathBuf>,
    /// File with the login password [env: DATAFLOW_SSH_PASSWORD, the password itself]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// File with the passphrase of private key files
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// File with the sudo password [env: DATAFLOW_SUDO_PASSWORD, the password itself]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) sudo_password_file: Option<PathBuf>,
    /// The only host key to accept, as SHA256:...
    #[arg(long, global = true, value_name = "FINGERPRINT", value_parser = parse::<Fingerprint>)]
    pub(crate) host_key: Option<Fingerprint>,
    /// File with known host keys; may be given several times
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) known_hosts: Vec<PathBuf>,
    /// Time that connecting may take
    #[arg(long, global = true, value_name = "SECONDS", value_parser = RangedU64ValueParser::<u64>::new().range(CONNECT_TIMEOUT_RANGE))]
    pub(crate) connect_timeout: Option<u64>,
}
