//! The command line.

mod output;
mod verbs;

use std::{convert::Infallible, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint, builder::RangedU64ValueParser};
use clap_complete::ArgValueCandidates;
use dataflow_core::{
    Explain,
    host::{Address, Fingerprint, Jump},
    lifecycle::DockerSource,
    preflight::CheckId,
    spec::{
        CONNECT_TIMEOUT_RANGE, DataPath, ImageRef, NOFILE_RANGE, RegistryServer, START_GRACE_RANGE,
        ServerIp,
    },
};
use secrecy::SecretString;

pub(crate) use self::output::{Output, OutputArg, Page};
pub(crate) use self::verbs::{
    AcceptArgs, CompletionsArgs, Explained, HistoryArgs, InitArgs, LogsArgs, ManArgs, ManageArgs,
    PlanArgs, PreflightArgs, RmArgs, RunArgs, Shell, UnlockArgs, UpgradeArgs,
};
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
            Self::Logs(_) => "logs",
            Self::History(_) => "history",
            Self::Unlock(_) => "unlock",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    /// The verb as it is asked, where no document can be made of its result.
    pub(crate) fn without_page(&self) -> Option<&'static str> {
        match self {
            Self::Preflight(preflight) if preflight.fix => Some("preflight --fix"),
            Self::Preflight(preflight) if preflight.explain.is_some() => {
                Some("preflight --explain")
            }
            Self::Preflight(_) => None,
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
            _ => self.deploy().map(|deploy| &deploy.server),
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
            _ => return Duration::ZERO,
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
            _ => true,
        }
    }
}

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

/// A value that its type parses, with what is allowed after the error.
fn parse<T: FromStr<Err: Explain>>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: T::Err| format!("{error}\n  next: {}", error.next_step()))
}

fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(text.into())
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
