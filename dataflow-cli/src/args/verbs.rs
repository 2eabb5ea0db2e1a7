//! What single verbs take.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::{DeployArgs, DockerSourceArg, ServerArgs};

/// What is wanted, how to get there, and whether that is asked about.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) deploy: DeployArgs,
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
}

/// What is removed, and whether that is asked about.
#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

/// Whether the operator is asked before something is changed.
#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    /// Go ahead without asking; without a terminal nothing is asked anyway
    #[arg(short = 'y', long, display_order = 0)]
    pub(crate) yes: bool,
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
