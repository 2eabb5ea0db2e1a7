//! The command line.

use std::{net::IpAddr, path::PathBuf, str::FromStr};

use clap::{Parser, ValueEnum};
use dataflow_core::{Explain, preflight::Profile, spec::DataPath};

/// Says whether this server is fit for Data Flow, before anything is installed. Changes nothing.
#[derive(Debug, Parser)]
#[command(name = "dataflow-preflight", version, about, after_help = AFTER)]
pub(crate) struct Args {
    /// How the report is shown
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: Output,
    /// Show only what should be mended or looked at
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// The size of deployment
    #[arg(long, value_enum, default_value_t, value_name = "SIZE")]
    pub(crate) profile: ProfileArg,
    /// The directory that will hold the data
    #[arg(short = 'p', long, value_name = "DIR", default_value = DataPath::DEFAULT, value_parser = data_path)]
    pub(crate) data_path: DataPath,
    /// The private address that Data Flow is to have
    #[arg(short = 'a', long, value_name = "IP")]
    pub(crate) private_ip: Option<IpAddr>,
    /// The public address that Data Flow is to have; on AWS, the Elastic IP
    #[arg(short = 'A', long, value_name = "IP")]
    pub(crate) public_ip: Option<IpAddr>,
    /// The user on the PBX servers
    #[arg(long, value_name = "NAME")]
    pub(crate) pbx_user: Option<String>,
    /// The system of the PBX servers, such as "ubuntu 24.04"
    #[arg(long, value_name = "SYSTEM")]
    pub(crate) pbx_os: Option<String>,
    /// Don't count what this check finds; may be given several times, stays on record
    #[arg(long, value_name = "ID")]
    pub(crate) ignore: Vec<String>,
    /// Let warnings and what could not be seen count: exit status 4
    #[arg(long)]
    pub(crate) strict: bool,
    /// Have apt count the updates that wait, which takes a second or more
    #[arg(long, conflicts_with = "facts")]
    pub(crate) count_updates: bool,
    /// Measure how long small writes take, with a file beside the data path
    #[arg(long, conflicts_with = "facts")]
    pub(crate) disk_probe: bool,
    /// Judge the facts recorded in this file instead of this machine; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Record the facts in this file; - for standard output, in the place of the report
    #[arg(long, value_name = "FILE")]
    pub(crate) save_facts: Option<PathBuf>,
    /// Explain a check, or all of them
    #[arg(long, value_name = "ID|all", exclusive = true)]
    pub(crate) explain: Option<String>,
}

const AFTER: &str = "\
Much can be seen by root only: run it with sudo, or as a user who may use sudo without a password.

Exit status:
  0  fit
  1  not fit
  2  the command line, or the file of facts, makes no sense
  4  fit, with warnings or things that could not be seen, and --strict
  7  it could not run";

/// How the report is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    #[default]
    Human,
    Json,
    Junit,
    Markdown,
}

/// The size of deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileArg {
    #[default]
    Standard,
    LargeScale,
}

impl From<ProfileArg> for Profile {
    fn from(profile: ProfileArg) -> Self {
        match profile {
            ProfileArg::Standard => Self::Standard,
            ProfileArg::LargeScale => Self::LargeScale,
        }
    }
}

fn data_path(text: &str) -> Result<DataPath, String> {
    DataPath::from_str(text).map_err(|error| format!("{error}\n  next: {}", error.next_step()))
}
