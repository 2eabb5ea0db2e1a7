//! What ends the program: an error of its own, or any of the library's.

use std::path::PathBuf;

use dataflow_core::{Explain, Kind};

/// Any error that can be explained; `?` makes one of each of them.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Box<dyn Explain>);

impl<E: Explain + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

/// An error of the program itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A file that was named cannot be read.
    #[error("{what} {} cannot be read: {reason}", .path.display())]
    Unreadable {
        what: &'static str,
        path: PathBuf,
        reason: String,
    },
    /// A file cannot be written.
    #[error("{what} {}: {reason}", .path.display())]
    Unwritable {
        what: &'static str,
        path: PathBuf,
        reason: String,
    },
    /// A file is there that is not to be lost.
    #[error("{} is there already", .path.display())]
    FileExists { path: PathBuf },
    /// A question was not answered.
    #[error("a question was not answered; nothing was written")]
    NoAnswer,
    /// A file or variable that should hold a secret does not hold one line of text.
    #[error("{place} holds no secret: {reason}")]
    NoSecret { place: String, reason: &'static str },
    /// Others can read a file with a secret that must be the operator's alone.
    #[error("others can read the token file {} (mode {mode:o})", .path.display())]
    Exposed { path: PathBuf, mode: u32 },
    /// A new file has no names of servers.
    #[error("init writes a file for one server, which needs no name")]
    NameForInit,
    /// A verb that changes something is for one server at a time.
    #[error("{verb} is for one server at a time, and these are named: {}", .names.join(", "))]
    WhichServer {
        verb: &'static str,
        names: Vec<String>,
    },
    /// A flag is about one machine, and several servers are to be looked at.
    #[error("{flag} names one machine, and the settings file has several servers")]
    OneMachine { flag: &'static str },
    /// A flag is about a server, and none is asked.
    #[error("{flag} is about a server, and --facts asks none")]
    NotWithFacts { flag: &'static str },
    /// A form of output that only the report of preflight has.
    #[error("{asked} makes no {form} document")]
    NoPage {
        form: &'static str,
        asked: &'static str,
    },
    /// The PBX is to be asked, and the settings name nobody who does.
    #[error("{verb} asks the PBX, and the settings name no user of it")]
    NoApiUser { verb: &'static str },
    /// The PBX's list does not let the server through, whatever was put on it.
    #[error("{pbx}: the PBX's whitelist does not let the server through: {problem}")]
    NotThrough { pbx: String, problem: String },
    /// A change was not agreed to.
    #[error("{place}: nothing was changed, since the plan was declined")]
    Declined { place: String },
    /// There is no token to deliver.
    #[error("no token is given")]
    NoToken,
    /// Nobody knows where the token is to go.
    #[error("it is not set where the service looks for its token")]
    NoPlaceForToken,
    /// The PBX can't be told to generate a token, and nobody is there to do it.
    #[error(
        "no path of the PBX's API is set that generates a token; somebody has to do it in the PBX web portal"
    )]
    GenerateByHand { steps: Vec<String> },
    /// The program could not be set going.
    #[error("this program cannot run here: {0}")]
    Runtime(String),
}

impl Explain for CliError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unreadable { .. }
            | Self::NoSecret { .. }
            | Self::Exposed { .. }
            | Self::FileExists { .. }
            | Self::NoAnswer
            | Self::NameForInit
            | Self::WhichServer { .. }
            | Self::OneMachine { .. }
            | Self::NotWithFacts { .. }
            | Self::NoPage { .. }
            | Self::NoApiUser { .. }
            | Self::NoToken
            | Self::NoPlaceForToken => Kind::Usage,
            Self::NotThrough { .. } | Self::GenerateByHand { .. } => Kind::Precondition,
            Self::Declined { .. } => Kind::Pending,
            Self::Unwritable { .. } | Self::Runtime(_) => Kind::Failed,
        }
    }

    fn next_step(&self) -> String {
        match self {
            Self::Unreadable { path, .. } => format!(
                "Check the name and the permissions: ls -l {}",
                path.display()
            ),
            Self::NoSecret { .. } => {
                "Put the secret there as one line of text and nothing else.".to_owned()
            }
            Self::Exposed { path, .. } => format!("Make it yours alone: chmod 600 {}", path.display()),
            Self::Unwritable { path, .. } => format!(
                "Check that the directory is there, and its permissions and space: ls -ld {0}; df {0}",
                path.parent()
                    .filter(|parent| !parent.as_os_str().is_empty())
                    .unwrap_or(std::path::Path::new("."))
                    .display()
            ),
            Self::FileExists { .. } => {
                "Change it with an editor, or write over it with --force.".to_owned()
            }
            Self::NoAnswer => {
                "Run the same command again, or give the values as flags: dataflow init --help."
                    .to_owned()
            }
            Self::NameForInit => {
                "Leave --server out; [servers.NAME] can be added with an editor, as the file's end shows."
                    .to_owned()
            }
            Self::WhichServer { verb, names } => format!(
                "Name one: dataflow {verb} --server {}.",
                names.first().map_or("NAME", String::as_str)
            ),
            Self::OneMachine { .. } => {
                "Name the server with --server NAME as well, or leave the flag out.".to_owned()
            }
            Self::NotWithFacts { flag } => format!(
                "Leave {flag} out, and give what the server is to be checked for as flags, such as --private-ip."
            ),
            Self::NoPage { .. } => "Use --output human or --output json.".to_owned(),
            Self::NoApiUser { .. } => {
                "Set user and password-file under [api] in the settings file; or do it by hand: dataflow prerequisites shows the steps."
                    .to_owned()
            }
            Self::NotThrough { .. } => {
                "Look at the entries that cover the address (dataflow whitelist list): one that denies it is other people's, and they decide about it in the PBX web portal under IP Blacklist."
                    .to_owned()
            }
            Self::Declined { .. } => {
                "Run the same command again and answer yes, or use --yes.".to_owned()
            }
            Self::NoPlaceForToken => {
                "Set deliver-as under [token] in the settings file to the name of the file, in the service's data directory, that it reads. The vendor documents none."
                    .to_owned()
            }
            Self::GenerateByHand { .. } => {
                "Do these steps, then give the token to dataflow token set with --token-file, --token-fd or DATAFLOW_TOKEN."
                    .to_owned()
            }
            Self::NoToken => {
                "Give it with --token-file, --token-fd or DATAFLOW_TOKEN, or run the command on a terminal, which asks for it. To have one generated: dataflow token generate."
                    .to_owned()
            }
            Self::Runtime(_) => "Check this machine's limits (ulimit -a) and memory.".to_owned(),
        }
    }

    fn details(&self) -> &[String] {
        match self {
            Self::GenerateByHand { steps } => steps,
            _ => &[],
        }
    }
}
