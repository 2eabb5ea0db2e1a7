//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// Shows Data Flow servers, and works on them, in a browser.
#[derive(Debug, Parser)]
#[command(name = "dataflow-web", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) serve: Serve,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// What it does other than to serve.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Verb {
    /// Print a systemd unit for it, with the flags given here
    Unit,
}

/// How it serves.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    /// Address and port to listen on; anything but this machine's own (127.0.0.1, ::1) is served with TLS only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8780")]
    pub(crate) listen: SocketAddr,
    /// Settings file with the servers, as dataflow reads it
    #[arg(long, value_name = "FILE", default_value = "dataflow.toml")]
    pub(crate) config: PathBuf,
    /// Directory for users, the record of what was done, and the own certificate; made for its owner alone
    #[arg(long, value_name = "DIR", default_value = "/var/lib/dataflow-web")]
    pub(crate) state: PathBuf,
    /// Certificate chain (PEM) to serve TLS with [default beyond this machine: an own one, made in the state directory]
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// A name under which browsers reach it, beside localhost, addresses and the machine's name; may be given several times
    #[arg(long = "name", value_name = "HOST")]
    pub(crate) names: Vec<String>,
    /// Print a one-time link that makes a further administrator; for when nobody can sign in any more
    #[arg(long)]
    pub(crate) invite_administrator: bool,
}
