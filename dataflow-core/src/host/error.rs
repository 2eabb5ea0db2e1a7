//! What can go wrong between this program and a machine.

use std::path::PathBuf;
use std::time::Duration;

use super::known_hosts::{NewKey, Place};
use super::{Endpoint, Fingerprint, Status};

/// Why a machine could not be reached, or something could not be done on it. `host` is the
/// [`label`](super::Host::label) of the machine. Text that came from the machine is escaped and
/// cut.
#[derive(Debug, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "the fields are named for what they are, and each message shows them in use"
)]
pub enum HostError {
    #[error("{address:?} is not the address of a machine: {reason}")]
    BadAddress {
        address: String,
        reason: &'static str,
    },
    #[error("{text:?} is not the fingerprint of a host key")]
    BadFingerprint { text: String },
    #[error("the command `{command}` holds a NUL character")]
    BadCommand { command: String },
    #[error("{path:?} can't be written: {reason}")]
    BadPath { path: String, reason: &'static str },
    #[error("{host} can't be reached: this program was built without SSH")]
    NoSsh { host: String },

    #[error("the name {name:?} can't be resolved: {reason}")]
    Resolve { name: String, reason: String },
    #[error("{host} refuses connections on port {port}")]
    Refused { host: String, port: u16 },
    #[error("{host} can't be reached on port {port}: {reason}")]
    NoRoute {
        host: String,
        port: u16,
        reason: String,
    },
    #[error("{through} gives no connection to {host}: {reason}")]
    NoWayOn {
        host: String,
        through: String,
        reason: String,
    },
    #[error("the way to {host} leads through more than {most} servers")]
    TooManyJumps { host: String, most: usize },
    #[error("{} can't be used: {reason}", path.display())]
    SshConfig { path: PathBuf, reason: String },
    #[error("{host} did not answer within {} s ({stage})", after.as_secs_f32())]
    Timeout {
        host: String,
        stage: &'static str,
        after: Duration,
    },
    #[error("no SSH session with {host} came about: {reason}")]
    Handshake { host: String, reason: String },

    #[error(
        "the host key of {host} is not known: {algorithm} {fingerprint}{}",
        other_keys(other)
    )]
    UnknownHostKey {
        host: String,
        algorithm: String,
        fingerprint: Fingerprint,
        /// What to remember where the key is right. See [`remember`](super::known_hosts::remember).
        new: NewKey,
        /// Whether ssh_config says not to ask about it.
        strict: bool,
        /// Where keys of other types are known for this host; then this key deserves distrust.
        other: Vec<Place>,
    },
    #[error(
        "the host key of {host} is not the one that {known} has; the server now shows {algorithm} {fingerprint}"
    )]
    ChangedHostKey {
        host: String,
        algorithm: String,
        fingerprint: Fingerprint,
        known: Place,
    },
    #[error("{host} shows the host key {fingerprint}, which {place} revokes")]
    RevokedHostKey {
        host: String,
        fingerprint: Fingerprint,
        place: Place,
    },
    #[error(
        "{host} shows the host key {algorithm} {fingerprint} and not the one asked for, {wanted}"
    )]
    PinMismatch {
        host: String,
        algorithm: String,
        fingerprint: Fingerprint,
        wanted: Fingerprint,
    },
    #[error("the host certificate of {host} is not accepted: {reason}")]
    BadHostCertificate {
        host: String,
        fingerprint: Fingerprint,
        reason: String,
    },
    #[error("{} can't be read: {reason}", path.display())]
    KnownHosts { path: PathBuf, reason: String },

    #[error(
        "{host} does not let {user} in; tried: {}; the server accepts: {}",
        list(tried),
        list(accepted)
    )]
    AuthFailed {
        host: String,
        user: String,
        tried: Vec<String>,
        accepted: Vec<String>,
        /// Key files that nobody has given a passphrase for.
        locked: Vec<PathBuf>,
    },
    #[error("the private key {} can't be used: {problem}", path.display())]
    KeyFile { path: PathBuf, problem: KeyProblem },

    #[error("sudo on {host} asks for a password and none was given")]
    SudoPasswordNeeded { host: String },
    #[error("sudo on {host} does not accept the password")]
    SudoPasswordWrong { host: String },
    #[error("sudo on {host} does not let {user} run commands as root: {reason}")]
    SudoDenied {
        host: String,
        user: String,
        reason: String,
    },
    #[error("{host} has no sudo")]
    SudoMissing { host: String },
    #[error("sudo on {host} works only from a terminal (requiretty)")]
    SudoNeedsTty { host: String },
    #[error("sudo on {host} failed: {reason}")]
    SudoFailed { host: String, reason: String },

    #[error("{host} gave no connection to {what}: {reason}")]
    ForwardingRefused {
        host: String,
        what: Endpoint,
        reason: ForwardingReason,
    },
    #[error("{host} opens no channel for `{command}`: {reason}")]
    ChannelRefused {
        host: String,
        command: String,
        reason: String,
    },

    #[error("the connection to {host} was lost during `{during}`: {reason}")]
    ConnectionLost {
        host: String,
        during: String,
        reason: String,
    },
    #[error("`{what}` on {host} was not done after {} s{}", after.as_secs_f32(), said(stderr))]
    Deadline {
        host: String,
        what: String,
        after: Duration,
        stderr: String,
    },
    #[error("`{command}` on {host} wrote more than {limit} bytes")]
    TooMuchOutput {
        host: String,
        command: String,
        limit: usize,
    },
    #[error("`{command}` could not be started on {host}: {reason}")]
    Start {
        host: String,
        command: String,
        reason: String,
    },
    #[error("`{command}` on {host} ended without saying how")]
    NoStatus { host: String, command: String },
    #[error("`{command}` on {host} ended with {status}{}", said(stderr))]
    Ended {
        host: String,
        command: String,
        status: Status,
        stderr: String,
    },
    #[error("{path} on {host} could not be written: {reason}")]
    WriteFile {
        host: String,
        path: String,
        reason: String,
    },
}

/// Why a private key file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// The file can't be read; the text says why.
    #[error("{0}")]
    Unreadable(String),
    /// It is in no format that is known.
    #[error("it is in no known format for private keys")]
    Malformed,
    /// It is encrypted, no passphrase was given, and the agent does not have it.
    #[error("it is encrypted, and there is neither a passphrase for it nor is it in the agent")]
    Encrypted,
    /// The passphrase does not open it.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// It is an RSA key that is not signed with; the reason in a word.
    #[error("RSA keys must be sound and of 2048 to 4096 bits ({0})")]
    Rejected(String),
    /// It is of a type that is used only through an agent, and the agent does not have it.
    #[error("{0} keys are used only through ssh-agent, and the agent does not have this one")]
    AgentOnly(String),
}

/// Why a server gave no connection onwards.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForwardingReason {
    /// The server's settings forbid it. OpenSSH says so for TCP only.
    #[error("its settings forbid forwarding")]
    Prohibited,
    /// Nothing answers there; or the login user may not open it; or, for a socket on OpenSSH, its
    /// settings forbid it: OpenSSH does not tell these apart.
    #[error(
        "nothing answers there, or the login user may not open it, or (for a socket) forwarding is off"
    )]
    NotConnected,
    /// The machine there refuses: nothing listens, or a firewall says so.
    #[error("the connection is refused")]
    Refused,
    /// No answer came.
    #[error("the connection timed out")]
    TimedOut,
    /// No way leads there, or a firewall says so.
    #[error("there is no route to it")]
    NoRoute,
    /// Something else, in the server's words.
    #[error("{0}")]
    Other(String),
}

impl From<&std::io::Error> for ForwardingReason {
    fn from(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Self::NoRoute,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl HostError {
    /// Whether it was sudo that did not let a command run.
    #[cfg(feature = "docker")]
    pub(crate) fn is_of_sudo(&self) -> bool {
        matches!(
            self,
            Self::SudoPasswordNeeded { .. }
                | Self::SudoPasswordWrong { .. }
                | Self::SudoDenied { .. }
                | Self::SudoMissing { .. }
                | Self::SudoNeedsTty { .. }
                | Self::SudoFailed { .. }
        )
    }
}

fn list(items: &[String]) -> String {
    if items.is_empty() {
        "nothing".to_owned()
    } else {
        items.join(", ")
    }
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() {
        String::new()
    } else {
        format!("; it said: {stderr}")
    }
}

fn other_keys(other: &[Place]) -> String {
    other.first().map_or_else(String::new, |place| {
        format!("; {place} knows this host by a key of another type")
    })
}
