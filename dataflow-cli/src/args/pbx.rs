//! What the verbs about the PBX take.

use clap::{Args, Subcommand};
use dataflow_core::spec::ServerIp;

use super::{ApiArgs, ConfirmArgs, LockArgs, ServerArgs, TokenSourceArgs, parse};
use crate::args_help as help;

/// Whether a verb that works on a server asks the PBX too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskPbx {
    /// No.
    No,
    /// As far as that goes without a question to the operator.
    Quietly,
    /// With questions, where there is a terminal.
    WithQuestions,
}

/// Which server, and of which PBX.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct PbxArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Public IP of the server
    #[arg(short = 'A', long, value_name = "IP", value_parser = parse::<ServerIp>)]
    pub(crate) public_ip: Option<ServerIp>,
    /// IP of the PBX
    #[arg(short = 'x', long, value_name = "IP", value_parser = parse::<ServerIp>)]
    pub(crate) pbx: Option<ServerIp>,
    #[command(flatten)]
    pub(crate) api: ApiArgs,
}

/// What about the whitelist.
#[derive(Debug, Args)]
pub(crate) struct WhitelistArgs {
    #[command(subcommand)]
    pub(crate) what: WhitelistVerb,
}

/// What is done with the whitelist.
#[derive(Debug, Subcommand)]
pub(crate) enum WhitelistVerb {
    /// Say whether the PBX lets the server through, and for how long
    #[command(after_help = help::WHITELIST_CHECK)]
    Check(PbxArgs),
    /// Put the server on the whitelist, or renew its entries there
    #[command(after_help = help::WHITELIST_ENSURE)]
    Ensure(ChangeArgs),
    /// Show all entries
    #[command(after_help = help::WHITELIST_LIST)]
    List(PbxArgs),
    /// Take away the entries that this program made for the server
    #[command(after_help = help::WHITELIST_REMOVE)]
    Remove(ChangeArgs),
}

/// Which server, and whether a change is asked about.
#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) pbx: PbxArgs,
}

/// What about the token.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(subcommand)]
    pub(crate) what: TokenVerb,
}

/// What is done with the token.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Deliver a token, and make the service anew with it
    #[command(after_help = help::TOKEN_SET)]
    Set(TokenSetArgs),
    /// Show which token is deployed, by its fingerprint
    #[command(after_help = help::TOKEN_STATUS)]
    Status(PbxArgs),
    /// Have the PBX generate a token, or say how, and go on as set does
    #[command(after_help = help::TOKEN_GENERATE)]
    Generate(TokenChangeArgs),
}

/// Which server, whether a change is asked about, and for how long another operation is waited for.
#[derive(Debug, Args)]
pub(crate) struct TokenChangeArgs {
    // Before the others: after them it would stand under their heading.
    #[command(flatten)]
    pub(crate) confirm: ConfirmArgs,
    #[command(flatten)]
    pub(crate) pbx: PbxArgs,
    #[command(flatten)]
    pub(crate) lock: LockArgs,
}

/// The token, and what changing it takes.
#[derive(Debug, Args)]
pub(crate) struct TokenSetArgs {
    #[command(flatten)]
    pub(crate) change: TokenChangeArgs,
    #[command(flatten)]
    pub(crate) token: TokenSourceArgs,
}
