//! The command line.

mod deploy;
mod output;
mod pbx;
mod prerequisites;
mod ssh;
mod verbs;

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;
use dataflow_core::{Explain, lifecycle::DockerSource, preflight::CheckId};

pub(crate) use self::deploy::{DeployArgs, DockerSourceArg, PullArg, ServerArgs};
pub(crate) use self::output::{Output, OutputArg, Page};
pub(crate) use self::pbx::{
    AskPbx, PbxArgs, TokenArgs, TokenChangeArgs, TokenVerb, WhitelistArgs, WhitelistVerb,
};
pub(crate) use self::prerequisites::{ApiArgs, PrerequisiteArgs, TokenSourceArgs};
pub(crate) use self::ssh::SshArgs;
pub(crate) use self::verbs::{
    AcceptArgs, CompletionsArgs, Explained, HistoryArgs, InitArgs, LogsArgs, ManArgs, ManageArgs,
    PlanArgs, PreflightArgs, RmArgs, RunArgs, Shell, UnlockArgs, UpgradeArgs,
};
use self::verbs::{ConfirmArgs, LockArgs};
use crate::{args_help as help, settings::known_servers};

/// Deploys a PortSIP Data Flow server and looks after it.
#[derive(Debug, Parser)]
#[command(name = "dataflow", version, about, after_help = help::program(), max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Settings file [default: ./dataflow.toml if there]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) config: Option<PathBuf>,
    /// Server of the settings file; may be given several times to read from several
    #[arg(long = "server", global = true, value_name = "NAME", add = ArgValueCandidates::new(known_servers))]
    pub(crate) servers: Vec<String>,
    /// How results are shown: human or json; for preflight also junit or markdown
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "FORM"
    )]
    pub(crate) output: OutputArg,
    /// When to colour: auto, always or never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "WHEN"
    )]
    pub(crate) color: Color,
    /// Show more of what happens, and how long it took
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Show results, warnings and errors only
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) ssh: SshArgs,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR or CLICOLOR=0 say otherwise
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Write a settings file to begin with
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// Show what run would do, and change nothing
    #[command(after_help = help::PLAN)]
    Plan(PlanArgs),
    /// Say whether servers are fit, before anything is installed
    #[command(after_help = help::PREFLIGHT)]
    Preflight(PreflightArgs),
    /// Deploy the server, or bring it to what is wanted
    #[command(after_help = help::RUN)]
    Run(RunArgs),
    /// Start the containers
    #[command(after_help = help::START)]
    Start(ManageArgs),
    /// Stop the containers
    #[command(after_help = help::STOP)]
    Stop(ManageArgs),
    /// Stop the containers and start them again
    #[command(after_help = help::RESTART)]
    Restart(ManageArgs),
    /// Change to other images
    #[command(after_help = help::UPGRADE)]
    Upgrade(UpgradeArgs),
    /// Remove the containers and keep the data
    #[command(after_help = help::RM)]
    Rm(RmArgs),
    /// Show whether the server runs as it should
    #[command(after_help = help::STATUS)]
    Status(ServerArgs),
    /// Say what must be so at the PBX and on the network, and what to do where it is not
    #[command(after_help = help::PREREQUISITES)]
    Prerequisites(PbxArgs),
    /// Look after the server's entries on the PBX's whitelist
    #[command(after_help = help::WHITELIST)]
    Whitelist(WhitelistArgs),
    /// Look after the token by which the service and the PBX know each other
    #[command(after_help = help::TOKEN)]
    Token(TokenArgs),
    /// Show what the containers write
    #[command(after_help = help::LOGS)]
    Logs(LogsArgs),
    /// Show what was done to the server, by whom and why
    #[command(after_help = help::HISTORY)]
    History(HistoryArgs),
    /// Take the lock away from an operation that holds it
    #[command(after_help = help::UNLOCK)]
    Unlock(UnlockArgs),
    /// Print what makes a shell complete this program's words
    #[command(after_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Write the manual pages
    #[command(after_help = help::MAN)]
    Man(ManArgs),
}

impl Verb {
    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Plan(_) => "plan",
            Self::Preflight(_) => "preflight",
            Self::Run(_) => "run",
            Self::Start(_) => "start",
            Self::Stop(_) => "stop",
            Self::Restart(_) => "restart",
            Self::Upgrade(_) => "upgrade",
            Self::Rm(_) => "rm",
            Self::Status(_) => "status",
            Self::Prerequisites(_) => "prerequisites",
            Self::Whitelist(whitelist) => match whitelist.what {
                WhitelistVerb::Check(_) => "whitelist check",
                WhitelistVerb::Ensure(_) => "whitelist ensure",
                WhitelistVerb::List(_) => "whitelist list",
                WhitelistVerb::Remove(_) => "whitelist remove",
            },
            Self::Token(token) => match token.what {
                TokenVerb::Set(_) => "token set",
                TokenVerb::Status(_) => "token status",
                TokenVerb::Generate(_) => "token generate",
            },
            Self::Logs(_) => "logs",
            Self::History(_) => "history",
            Self::Unlock(_) => "unlock",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    /// The verb as it is asked, where no document can be made of its result.
    pub(crate) fn without_page(&self, page: Page) -> Option<&'static str> {
        match self {
            Self::Preflight(preflight) if preflight.fix => Some("preflight --fix"),
            Self::Preflight(preflight) if preflight.explain.is_some() => {
                Some("preflight --explain")
            }
            Self::Preflight(_) => None,
            Self::Prerequisites(_) if page == Page::Markdown => None,
            verb => Some(verb.name()),
        }
    }

    /// Which server, for the verbs that need one.
    pub(crate) fn server(&self) -> Option<&ServerArgs> {
        match self {
            Self::Start(manage) | Self::Stop(manage) | Self::Restart(manage) => {
                Some(&manage.server)
            }
            Self::Rm(rm) => Some(&rm.manage.server),
            Self::Status(server) => Some(server),
            Self::Preflight(preflight) => Some(&preflight.server),
            Self::Logs(logs) => Some(&logs.server),
            Self::History(history) => Some(&history.server),
            Self::Unlock(unlock) => Some(&unlock.server),
            _ => match self.pbx() {
                Some(pbx) => Some(&pbx.server),
                None => self.deploy().map(|deploy| &deploy.server),
            },
        }
    }

    /// Which server of which PBX, for the verbs about the two.
    pub(crate) fn pbx(&self) -> Option<&PbxArgs> {
        match self {
            Self::Prerequisites(pbx) => Some(pbx),
            Self::Whitelist(whitelist) => Some(match &whitelist.what {
                WhitelistVerb::Check(pbx) | WhitelistVerb::List(pbx) => pbx,
                WhitelistVerb::Ensure(change) | WhitelistVerb::Remove(change) => &change.pbx,
            }),
            Self::Token(token) => Some(match &token.what {
                TokenVerb::Status(pbx) => pbx,
                TokenVerb::Set(set) => &set.change.pbx,
                TokenVerb::Generate(change) => &change.pbx,
            }),
            _ => None,
        }
    }

    /// Whether the PBX is asked beside the server.
    pub(crate) fn ask_pbx(&self) -> AskPbx {
        match self {
            Self::Status(_) => AskPbx::Quietly,
            Self::Run(_)
            | Self::Plan(_)
            | Self::Upgrade(_)
            | Self::Prerequisites(_)
            | Self::Token(_) => AskPbx::WithQuestions,
            _ => AskPbx::No,
        }
    }

    /// What the token verbs take that change something.
    fn token_change(&self) -> Option<&TokenChangeArgs> {
        match self {
            Self::Token(token) => match &token.what {
                TokenVerb::Set(set) => Some(&set.change),
                TokenVerb::Generate(change) => Some(change),
                TokenVerb::Status(_) => None,
            },
            _ => None,
        }
    }

    /// Where Docker comes from if the server has none.
    pub(crate) fn install_docker(&self) -> Option<DockerSource> {
        match self {
            Self::Run(run) => run.install_docker.map(DockerSource::from),
            _ => None,
        }
    }

    /// How long another operation's end is waited for.
    pub(crate) fn wait(&self) -> Duration {
        let lock = match self {
            Self::Run(run) => &run.lock,
            Self::Upgrade(upgrade) => &upgrade.lock,
            Self::Start(manage) | Self::Stop(manage) | Self::Restart(manage) => &manage.lock,
            Self::Rm(rm) => &rm.manage.lock,
            Self::Preflight(preflight) => &preflight.lock,
            _ => match self.token_change() {
                Some(change) => &change.lock,
                None => return Duration::ZERO,
            },
        };
        Duration::from_secs(lock.wait.unwrap_or_default())
    }

    /// What is wanted, for the verbs that make containers or say how.
    pub(crate) fn deploy(&self) -> Option<&DeployArgs> {
        match self {
            Self::Run(run) => Some(&run.deploy),
            Self::Upgrade(upgrade) => Some(&upgrade.deploy),
            Self::Plan(plan) => Some(&plan.deploy),
            Self::Init(init) => Some(&init.deploy),
            _ => None,
        }
    }

    /// What is accepted this once, for the verbs that could be refused for it.
    pub(crate) fn accept(&self) -> Option<&AcceptArgs> {
        match self {
            Self::Run(run) => Some(&run.accept),
            Self::Upgrade(upgrade) => Some(&upgrade.accept),
            Self::Plan(plan) => Some(&plan.accept),
            _ => None,
        }
    }

    /// How the PBX's REST API is reached, for the verbs that ask it.
    pub(crate) fn api(&self) -> Option<&ApiArgs> {
        match self.pbx() {
            Some(pbx) => Some(&pbx.api),
            None => self.deploy().map(|deploy| &deploy.api),
        }
    }

    /// Where the token comes from, for the verbs that deliver it.
    pub(crate) fn token(&self) -> Option<&TokenSourceArgs> {
        match self {
            Self::Token(TokenArgs {
                what: TokenVerb::Set(set),
            }) => Some(&set.token),
            _ => self.deploy().map(|deploy| &deploy.token),
        }
    }

    /// The checks of the preflight whose errors don't count.
    pub(crate) fn ignored(&self) -> &[CheckId] {
        match self {
            Self::Preflight(preflight) => &preflight.ignore,
            _ => self.accept().map_or(&[], |accept| &accept.ignore),
        }
    }

    /// Whether the plan is carried out without a question.
    pub(crate) fn yes(&self) -> bool {
        match self {
            Self::Run(run) => run.confirm.yes,
            Self::Upgrade(upgrade) => upgrade.confirm.yes,
            Self::Rm(rm) => rm.confirm.yes,
            Self::Preflight(preflight) => preflight.confirm.yes,
            Self::Whitelist(WhitelistArgs {
                what: WhitelistVerb::Ensure(change) | WhitelistVerb::Remove(change),
            }) => change.confirm.yes,
            _ => self.token_change().is_none_or(|change| change.confirm.yes),
        }
    }
}

/// A value that its type parses, with what is allowed after the error.
fn parse<T: FromStr<Err: Explain>>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: T::Err| format!("{error}\n  next: {}", error.next_step()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_has_its_own_name() {
        for (line, name) in [
            ("init", "init"),
            ("plan", "plan"),
            ("run", "run"),
            ("start", "start"),
            ("stop", "stop"),
            ("restart", "restart"),
            ("upgrade", "upgrade"),
            ("rm", "rm"),
            ("status", "status"),
            ("prerequisites", "prerequisites"),
            ("whitelist check", "whitelist check"),
            ("whitelist ensure", "whitelist ensure"),
            ("whitelist list", "whitelist list"),
            ("whitelist remove", "whitelist remove"),
            ("token set", "token set"),
            ("token status", "token status"),
            ("token generate", "token generate"),
            ("logs", "logs"),
            ("completions bash", "completions"),
            ("man --out .", "man"),
        ] {
            let words = std::iter::once("dataflow").chain(line.split(' '));
            let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(cli.verb.name(), name);
        }
    }
}
