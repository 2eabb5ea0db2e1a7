//! What the verbs take that need no server.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::DeployArgs;

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
