//! What single verbs take.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint, builder::RangedU64ValueParser};
use dataflow_core::{
    lifecycle::{LogOf, RunId, Since},
    preflight::{CheckId, Profile},
};
use regex::Regex;

use super::{DeployArgs, DockerSourceArg, ServerArgs, parse};
use crate::log_line;

/// What is wanted, how to get there, and whether that is asked about.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) deploy: DeployArgs,
    #[command(flatten)]
    pub(crate) accept: AcceptArgs,
    #[command(flatten)]
    pub(crate) lock: LockArgs,
    /// Where the server has no Docker, install it: from the distribution's packages, or from Docker's own with =docker
    #[arg(
        long,
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "distribution",
        hide_possible_values = true,
        value_name = "SOURCE",
        help_heading = "Server"
    )]
    pub(crate) install_docker: Option<DockerSourceArg>,
}

/// What is wanted, and whether that is asked about.
#[derive(Debug, Args)]
pub(crate) struct UpgradeArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) deploy: DeployArgs,
    #[command(flatten)]
    pub(crate) accept: AcceptArgs,
    #[command(flatten)]
    pub(crate) lock: LockArgs,
}

/// What is wanted, and what the exit code tells.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    // Before the others: after them it would stand under their heading.
    /// End with exit code 4 if there is something to do
    #[arg(long, display_order = 0)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) deploy: DeployArgs,
    #[command(flatten)]
    pub(crate) accept: AcceptArgs,
}

/// What is accepted this once: never kept in a settings file, but for the checks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct AcceptArgs {
    /// Accept an image that is older than the one that is deployed
    #[arg(long)]
    pub(crate) allow_downgrade: bool,
    /// Accept a ClickHouse that is more than a year newer than the one that is deployed
    #[arg(long)]
    pub(crate) allow_jump: bool,
    /// Accept an image of another version than the PBX's; stays on record
    #[arg(long)]
    pub(crate) allow_mismatch: bool,
    /// Take over containers of the same names that somebody else made, with their data
    #[arg(long)]
    pub(crate) adopt: bool,
    /// Check whose error does not count; may be given several times, stays on record
    #[arg(long, value_name = "ID", value_parser = parse::<CheckId>)]
    pub(crate) ignore: Vec<CheckId>,
}

/// What servers are checked for, and how it is shown.
#[derive(Debug, Args)]
pub(crate) struct PreflightArgs {
    // Before the others: after them it would stand under their heading.
    /// Size of deployment: standard or large-scale [default: standard]
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "SIZE",
        display_order = 0
    )]
    pub(crate) profile: Option<ProfileArg>,
    /// Check whose findings don't count; may be given several times, stays on record
    #[arg(long, value_name = "ID", display_order = 0, value_parser = parse::<CheckId>)]
    pub(crate) ignore: Vec<CheckId>,
    /// Let warnings and what could not be seen count: exit code 4
    #[arg(long, display_order = 0)]
    pub(crate) strict: bool,
    /// User on the PBX servers, who must be the same here
    #[arg(long, value_name = "NAME", display_order = 0)]
    pub(crate) pbx_user: Option<String>,
    /// System of the PBX servers, such as "ubuntu 24.04", which must be the same here
    #[arg(long, value_name = "SYSTEM", display_order = 0)]
    pub(crate) pbx_os: Option<String>,
    /// Have apt count the updates that wait, which takes a second or more
    #[arg(long, display_order = 0)]
    pub(crate) count_updates: bool,
    /// Measure how long small writes take, with a file beside the data path of each server
    #[arg(long, display_order = 0)]
    pub(crate) disk_probe: bool,
    /// Record the facts of the server in this file
    #[arg(long, value_name = "FILE", display_order = 0)]
    pub(crate) save_facts: Option<PathBuf>,
    /// Judge the facts recorded in this file instead of a server; - for standard input; may be given several times
    #[arg(long, value_name = "FILE", display_order = 0, conflicts_with_all = ["fix", "save_facts", "count_updates", "disk_probe"])]
    pub(crate) facts: Vec<PathBuf>,
    // Not a doc comment: rustdoc would take it for a link.
    #[arg(long, value_name = "ID|all", display_order = 0, value_parser = explained, conflicts_with_all = ["fix", "save_facts", "facts"], help = "Explain a check, or all of them, and ask no server")]
    pub(crate) explain: Option<Explained>,
    /// Mend on one server what can be mended safely, after a question; no software is removed
    #[arg(long, display_order = 0, conflicts_with_all = ["save_facts", "disk_probe"])]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) lock: LockArgs,
}

/// What is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Explained {
    /// Each check, in a line.
    All,
    /// One check.
    One(CheckId),
}

fn explained(text: &str) -> Result<Explained, String> {
    match text {
        "all" => Ok(Explained::All),
        id => parse(id).map(Explained::One),
    }
}

/// A size of deployment.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ProfileArg {
    /// Any size
    Standard,
    /// A large one
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

/// What is removed, and whether that is asked about.
#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) manage: ManageArgs,
}

/// Whether the operator is asked before something is changed.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    /// Go ahead without asking; without a terminal nothing is asked anyway
    #[arg(short = 'y', long, display_order = 0)]
    pub(crate) yes: bool,
}

/// What the verbs take that change something and need no settings.
#[derive(Debug, Args)]
pub(crate) struct ManageArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) lock: LockArgs,
}

/// What is done where another operation is at work on the server.
#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    // Not a doc comment: rustdoc would take the brackets for links.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "600", help_heading = "Server", help = "Wait until another operation on the server is over [without a number: 600]")]
    pub(crate) wait: Option<u64>,
}

/// Which runs are shown.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Run to show with all its steps
    #[arg(value_name = "RUN", value_parser = parse::<RunId>)]
    pub(crate) run: Option<RunId>,
    /// How many runs are listed, the newest first
    #[arg(short = 'n', long = "number", value_name = "NUMBER", default_value_t = 20, conflicts_with = "run", value_parser = RangedU64ValueParser::<usize>::new().range(1..=200))]
    pub(crate) number: usize,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// What becomes of the lock.
#[derive(Debug, Args)]
pub(crate) struct UnlockArgs {
    /// Take it away; without this, only who has it is shown
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Which lines of the logs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct LogsArgs {
    /// Of one container only: clickhouse or service
    #[arg(value_enum, hide_possible_values = true, value_name = "CONTAINER")]
    pub(crate) only: Option<LogOfArg>,
    /// Go on with what is written from now on, through restarts, until Ctrl-C
    #[arg(short, long, help_heading = "Lines")]
    pub(crate) follow: bool,
    /// Only lines since then: 90s, 10m, 2h or 1d ago, or a time such as 2026-11-24T10:00:00Z
    #[arg(long, value_name = "WHEN", help_heading = "Lines", value_parser = log_line::since)]
    pub(crate) since: Option<Since>,
    /// Only lines in which this regular expression is found
    #[arg(long, value_name = "REGEX", help_heading = "Lines")]
    pub(crate) grep: Option<Regex>,
    /// Only so many of each container's last lines [default: 100, or all with --since or --grep]
    #[arg(short = 'n', long, value_name = "LINES", help_heading = "Lines")]
    pub(crate) lines: Option<u32>,
    /// Show when each line was written
    #[arg(long, help_heading = "Lines")]
    pub(crate) timestamps: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// One of the two containers.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogOfArg {
    /// The database
    Clickhouse,
    /// The service
    Service,
}

impl From<LogOfArg> for LogOf {
    fn from(of: LogOfArg) -> Self {
        match of {
            LogOfArg::Clickhouse => Self::ClickHouse,
            LogOfArg::Service => Self::Service,
        }
    }
}

/// What a new settings file says.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Write over a file that is there
    #[arg(long, display_order = 0)]
    pub(crate) force: bool,
    /// Show the file instead of writing it
    #[arg(long, display_order = 0, conflicts_with = "force")]
    pub(crate) stdout: bool,
    #[command(flatten)]
    pub(crate) deploy: DeployArgs,
}

/// For which shell.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// bash, zsh or fish
    #[arg(value_enum, hide_possible_values = true)]
    pub(crate) shell: Shell,
}

/// A shell that can complete words.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Shell {
    /// Bash
    Bash,
    /// Z shell
    Zsh,
    /// Fish
    Fish,
}

/// Where the manual pages go.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Directory to write the pages to; it is made where it is not there
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}
